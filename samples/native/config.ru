require "bootsnap"
Bootsnap.setup(cache_dir: "tmp/cache", development_mode: false, compile_cache_yaml: false)

require_relative "app"

run method(:answer)
