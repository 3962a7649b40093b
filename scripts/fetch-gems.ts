import { ensureTools } from "./debian/toolchain.ts";
import { run, type Work } from "./work.ts";

/** Downloads gems into a directory, as `NAME-VERSION.gem`, from the first source of the machine's RubyGems. */
export async function fetchGems(
  work: Work,
  gems: readonly { name: string; version: string }[],
  directory: string,
): Promise<void> {
  await ensureTools(work, ["ruby"]);
  const wanted = gems.flatMap(({ name, version }) => [name, version]);
  await run(work, "ruby", ["-e", fetchEach, directory, ...wanted]);
}

/** Not `gem fetch`, which reads the index of all existing gems again for each gem. */
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
