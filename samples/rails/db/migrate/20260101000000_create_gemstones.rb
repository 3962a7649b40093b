class CreateGemstones < ActiveRecord::Migration[8.1]
  def change
    create_table :gemstones do |t|
      t.string :name, null: false
      t.decimal :hardness, null: false, precision: 3, scale: 1

      t.timestamps
    end
    add_index :gemstones, :name, unique: true
  end
end
