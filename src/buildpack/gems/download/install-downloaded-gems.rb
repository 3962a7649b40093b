# Makes Bundler 2.5 and newer install gems that are in a directory as it installs those of a server. If it needs no server, it
# does not check whether gems support this Ruby, and Bundler 2.5 installs one gem at a time.
#
# The build loads this file by RUBYOPT. Programs that Bundler starts do not load it.
ENV.delete("RUBYOPT")

module InstallDownloadedGems
  private

  def install(options)
    ensure_specs_are_compatible!
    load_plugins unless @has_loaded_plugins
    # Bundler 2.5 has set it to 1. Compiling the extensions of a Rails app one by one takes a third longer.
    options.delete(:jobs)
    super
  end

  # The build runs Bundler again after this error, without the directory: another variant of the gem may support this Ruby.
  def ensure_specs_are_compatible!
    super
  rescue Bundler::InstallError => error
    raise Bundler::GemNotFound, error.message
  end

  def load_plugins
    @has_loaded_plugins = true
    super
  end
end

# Bundler is not loaded yet, and RubyGems decides later which version is. Classes that a Gemfile loads may have a `name` of
# their own, and to name the constant would load it too early.
name = Module.instance_method(:name)
waiting = TracePoint.new(:end) do |point|
  if Class === point.self && name.bind_call(point.self) == "Bundler::Installer"
    waiting.disable
    point.self.prepend(InstallDownloadedGems)
  end
end
waiting.enable
