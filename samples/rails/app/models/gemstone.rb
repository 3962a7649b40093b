class Gemstone < ApplicationRecord
  validates :name, presence: true, uniqueness: true
  validates :hardness, numericality: { in: 1..10 }

  scope :hardest_first, -> { order(hardness: :desc, name: :asc) }
end
