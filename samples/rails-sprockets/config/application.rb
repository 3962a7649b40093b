require_relative "boot"

require "rails"
require "action_controller/railtie"
require "sprockets/railtie"

Bundler.require(*Rails.groups)

module Lapidarium
  class Application < Rails::Application
    config.load_defaults 7.0
  end
end
