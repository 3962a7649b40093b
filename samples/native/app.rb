require "nokogiri"
require "pg"

CATALOGUE = <<~XML
  <catalogue>
    <stone name="Diamond" hardness="10"/>
    <stone name="Ruby" hardness="9"/>
    <stone name="Topaz" hardness="8"/>
  </catalogue>
XML

# Reads stones out of XML with libxml2, and lets PostgreSQL add up their hardness.
def answer(_env)
  stones = Nokogiri::XML(CATALOGUE).css("stone").to_h { |stone| [stone[:name], stone[:hardness].to_i] }
  total = sum_in_postgresql(stones.values)
  body = stones.map { |name, hardness| "#{name} #{hardness}\n" }.join + "total #{total}\n"
  [200, { "content-type" => "text/plain" }, [body]]
end

def sum_in_postgresql(numbers)
  PG.connect(ENV.fetch("DATABASE_URL")) do |connection|
    array = PG::TextEncoder::Array.new.encode(numbers)
    connection.exec_params("SELECT sum(n) AS total FROM unnest($1::integer[]) AS n", [array]).getvalue(0, 0)
  end
end
