require "json"

# Answers every request with what it was asked and what runs it.
run lambda { |env|
  facts = {
    method: env["REQUEST_METHOD"],
    path: env["PATH_INFO"],
    ruby: RUBY_DESCRIPTION,
    rack_env: ENV["RACK_ENV"],
  }
  [200, { "content-type" => "application/json" }, ["#{JSON.pretty_generate(facts)}\n"]]
}
