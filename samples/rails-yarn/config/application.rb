require_relative "boot"

require "rails"
require "action_controller/railtie"
require "action_view/railtie"

Bundler.require(*Rails.groups)

module Facets
  class Application < Rails::Application
    config.load_defaults 8.1
    config.eager_load = Rails.env.production?
    config.hosts.clear
    config.logger = ActiveSupport::TaggedLogging.logger($stdout)
    config.public_file_server.headers = { "cache-control" => "public, max-age=31536000" }
  end
end
