# Makes Bundler before 2.6 install several gems at once. If it needs no server, it installs one at a time, to save the start of
# its threads, but compiling the extensions of a Rails app one by one takes a third longer.
#
# The build loads this file by RUBYOPT. Programs that Bundler starts do not load it.
ENV.delete("RUBYOPT")

module InstallInParallel
  private

  # Bundler has set this option to 1.
  def installation_parallelization(options)
    options.delete(:jobs)
    super
  end
end

# Bundler is not loaded yet, and RubyGems decides later which version is.
waiting = TracePoint.new(:end) do |point|
  if point.self.is_a?(Class) && point.self.name == "Bundler::Installer"
    waiting.disable
    point.self.prepend(InstallInParallel)
  end
end
waiting.enable
