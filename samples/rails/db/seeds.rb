# Idempotent, so that it can be run at any time in every environment.
{ "Diamond" => 10, "Ruby" => 9, "Topaz" => 8, "Amethyst" => 7 }.each do |name, hardness|
  Gemstone.find_or_create_by!(name: name) { |gemstone| gemstone.hardness = hardness }
end
