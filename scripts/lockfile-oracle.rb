# Answers questions about lockfiles, versions and platforms with Bundler's and RubyGems' own code:
# the first argument is a file with one question a line, in JSON; the answers go to the same lines
# of the second. Started by lockfile-oracle.ts, with both libraries on the load path.
require "rubygems"
require "bundler"
require "bundler/lockfile_parser"
require "json"

# Notes what each source line said before a source makes of it what it needs.
module RememberOptions
  def from_lock(options)
    said = options.transform_values { |value| value.is_a?(Array) ? value.first : value }
    said["remotes"] = Array(options["remote"])
    super.tap { |source| source.define_singleton_method(:said) { said } }
  end
end

sources = {
  "gem" => Bundler::Source::Rubygems,
  "git" => Bundler::Source::Git,
  "path" => Bundler::Source::Path,
  "plugin" => Bundler::Plugin,
}
sources.each_value { |source| source.singleton_class.prepend(RememberOptions) }

# Notes the marker that Bundler's own pattern found at the end of a dependency.
class AttentiveParser < Bundler::LockfileParser
  def pins
    @pins ||= {}
  end

  private

  def parse_dependency(line)
    pins[$2] = !$5.nil? if line =~ NAME_VERSION && $1.size == 2
    super
  end
end

def source_fields(source)
  said = source.said
  text = ->(key) { said[key] ? said[key].to_s : nil }
  case source
  when Bundler::Source::Git
    ["git", text["remote"] || "", *%w[revision ref branch tag glob].map(&text), !!said["submodules"]]
  when Bundler::Source::Path
    ["path", text["remote"] || "", text["glob"]]
  when Bundler::Source::Rubygems
    ["gem", said["remotes"]]
  else
    rest = said.reject { |key, _| %w[remote remotes type].include?(key) }
    ["plugin", said["type"].to_s, said["remote"].to_s, rest.map { |key, value| [key, value.to_s] }.sort]
  end
end

def dependency_fields(dependency)
  [dependency.name, dependency.requirement.as_list]
end

def spec_fields(spec, sources)
  at = sources.index { |source| source.equal?(spec.source) }
  [spec.name, spec.version.to_s, spec.platform.to_s, at, spec.dependencies.map { |d| dependency_fields(d) }]
end

def checksum_fields(parser)
  return nil unless parser.checksums
  stores = [parser.metadata_source, *parser.sources].map(&:checksum_store)
  stores.flat_map { |store| store.send(:store).to_a }.map do |name, checksums|
    # An algorithm without a digest is kept as nil, and checks nothing.
    digests = checksums.transform_values(&:digest).compact
    [name, digests.sort]
  end.sort
end

def lockfile(text)
  parser = AttentiveParser.new(text)
  {
    sources: parser.sources.map { |source| source_fields(source) },
    specs: parser.specs.map { |spec| spec_fields(spec, parser.sources) },
    platforms: parser.platforms.map(&:to_s),
    dependencies: parser.dependencies.values.map { |d| [*dependency_fields(d), parser.pins.fetch(d.name)] },
    rubyVersion: parser.ruby_version,
    bundledWith: parser.bundler_version&.to_s,
    checksums: checksum_fields(parser),
  }
rescue StandardError => e
  { refused: e.class.name }
end

def ruby_version(text)
  ruby = Bundler::RubyVersion.from_string(text)
  ruby && [ruby.engine, ruby.versions.first, ruby.engine_versions.first, ruby.patchlevel]
rescue StandardError
  nil
end

def version(text)
  return nil unless Gem::Version.correct?(text)
  version = Gem::Version.new(text)
  [version.to_s, version.prerelease?]
end

def answer(question, *rest)
  case question
  when "about" then { bundler: Bundler::VERSION, rubygems: Gem::VERSION }
  when "lockfile" then lockfile(*rest)
  when "ruby-version" then ruby_version(*rest)
  when "version" then version(*rest)
  when "compare" then Gem::Version.new(rest[0]) <=> Gem::Version.new(rest[1])
  when "platform" then Gem::Platform.new(*rest).to_s
  when "platform-matches"
    local = Gem::Platform.new(rest[1])
    Gem::Platform.send(:match_platforms?, rest[0], [Gem::Platform::RUBY, local])
  end
end

Bundler.ui = Bundler::UI::Silent.new
questions, answers = ARGV
File.open(answers, "w:UTF-8") do |file|
  File.foreach(questions, encoding: "UTF-8") do |line|
    file.puts JSON.generate(answer(*JSON.parse(line)))
  end
end
