import { ensureTools } from "./debian/toolchain.ts";
import { run, type Work } from "./work.ts";

/**
 * Downloads gems into a directory, as `NAME-VERSION.gem`, from where the machine's RubyGems is set up to
 * look.
 */
export async function fetchGems(
  work: Work,
  gems: readonly { name: string; version: string }[],
  directory: string,
): Promise<void> {
  await ensureTools(work, ["ruby"]);
  const wanted = gems.flatMap(({ name, version }) => [name, version]);
  await run(work, "ruby", ["-e", fetchEach, directory, ...wanted]);
}

/** As `gem fetch` does, which however reads the index of all gems that exist, once for each gem. */
const fetchEach = `
  require "rubygems/remote_fetcher"
  require "tmpdir"
  directory = ARGV.shift
  source = Gem.sources.first.uri.to_s
  Dir.mktmpdir do |scratch|
    ARGV.each_slice(2) do |name, version|
      gem = Gem::Specification.new(name, version)
      FileUtils.cp(Gem::RemoteFetcher.fetcher.download(gem, source, scratch), directory)
    end
  end
`;
