import { rmdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import glob from "fast-glob";
import { branchOf } from "../../artifacts/ruby-branches.ts";
import { removeTree } from "../../system/files.ts";

/**
 * Removes what an installation leaves behind: downloaded archives, files of compilers, git histories, and directories of
 * RubyGems that stayed empty.
 */
export async function removeLeftovers(gemsDir: string): Promise<void> {
  await removeTree(join(gemsDir, "cache"));
  const inGems = { cwd: gemsDir, dot: true, absolute: true, followSymbolicLinks: false } as const;
  const leftovers = await glob(
    [
      "extensions/**/{gem_make.out,mkmf.log}",
      "{gems,bundler/gems}/*/ext/**/{*.o,gem_make.out,mkmf.log}",
      // Where mini_portile unpacks and compiles libraries. They are installed elsewhere.
      "{gems,bundler/gems}/*/ext/**/tmp/*/ports",
      // The history of gems from git, which Bundler reads only while it installs them.
      "bundler/gems/*/.git",
    ],
    { ...inGems, onlyFiles: false },
  );
  // mkmf writes the build's directories into makefiles, some of them with random names.
  const scripts = await glob("{gems,bundler/gems}/*/ext/**/extconf.rb", inGems);
  const makefiles = scripts.map((path) => join(dirname(path), "Makefile"));
  await Promise.all([...leftovers, ...makefiles].map(removeTree));
  // RubyGems makes these when it installs a gem. Gems from a gem store come without: the layer must be the same.
  const ofRubyGems = ["build_info", "doc", "extensions", "plugins"];
  await Promise.all(ofRubyGems.map((name) => removeIfEmpty(join(gemsDir, name))));
}

/** What was removed, in bytes of content. */
export interface RemovedFiles {
  files: number;
  bytes: number;
}

/**
 * Removes files of installed gems that no app reads when it runs: extensions compiled for another version of Ruby
 * than `rubyVersion` (`3.3.8`), the source code of compiled extensions, and each gem's tests, documentation and change
 * log. Never removes headers and static libraries, which other gems compile against, any other Ruby code, or files of
 * gems from git.
 */
export async function removeUnneededFiles(
  gemsDir: string,
  rubyVersion: string,
): Promise<RemovedFiles> {
  const gems = join(gemsDir, "gems");
  const inGems = { cwd: gems, dot: true, followSymbolicLinks: false, stats: true } as const;
  const files = await glob("*/**", inGems);
  const paths = new Set(files.map(({ path }) => path));
  const compiled = await compiledGems(gemsDir);
  const unneeded = files.filter(
    ({ path }) =>
      besideCode.test(path) ||
      (sourceCode.test(path) && isCompiled(path, compiled)) ||
      isForOtherRuby(path, branchOf(rubyVersion), paths),
  );
  await Promise.all(unneeded.map(({ path }) => removeTree(join(gems, path))));
  for (const { path } of unneeded) await removeEmptyDirectories(gems, dirname(path));
  const bytes = unneeded.reduce((sum, { stats }) => sum + (stats?.size ?? 0), 0);
  return { files: unneeded.length, bytes };
}

// Directly in a gem's own directory. Deeper ones can be code: `lib/rspec/rails/example`, `lib/rack/test`.
const besideCode =
  /^[^/]+\/(?:(?:\.github|benchmarks?|docs?|features|specs?|tests?)\/|(?:CHANGES|CHANGELOG|HISTORY|NEWS)(?:\.(?:md|markdown|rdoc|txt))?$)/i;

const sourceCode = /\.(?:c|cc|cpp|cxx|java|rl|rs|S)$/;

/** The directories of the gems whose extensions RubyGems has compiled. */
async function compiledGems(gemsDir: string): Promise<Set<string>> {
  const complete = await glob("extensions/*/*/*/gem.build_complete", { cwd: gemsDir, dot: true });
  return new Set(complete.map((path) => basename(dirname(path))));
}

function isCompiled(path: string, compiled: ReadonlySet<string>): boolean {
  const [gem = ""] = path.split("/");
  return compiled.has(gem) || compiledByItsAuthor.test(gem);
}

const compiledByItsAuthor = /-(?:java|(?:x86_64|aarch64|arm64)-linux(?:-gnu|-musl)?)$/;

/**
 * Whether this is `3.2/nokogiri.so`, with the same extension for the Ruby of the app beside it (`3.3/nokogiri.so`).
 * Gems that their authors have compiled contain it once for each branch of Ruby.
 */
function isForOtherRuby(path: string, branch: string, paths: ReadonlySet<string>): boolean {
  const directory = dirname(path);
  const madeFor = basename(directory);
  if (extname(path) !== ".so" || !/^\d+\.\d+$/.test(madeFor) || madeFor === branch) return false;
  return paths.has(join(dirname(directory), branch, basename(path)));
}

/** Removes a directory below `root`, and those above it, until one has other files. */
async function removeEmptyDirectories(root: string, directory: string): Promise<void> {
  // The directory of the gem itself stays: RubyGems looks for it.
  if (!directory.includes("/")) return;
  if (!(await removeIfEmpty(join(root, directory)))) return;
  await removeEmptyDirectories(root, dirname(directory));
}

async function removeIfEmpty(directory: string): Promise<boolean> {
  try {
    await rmdir(directory);
    return true;
  } catch {
    return false;
  }
}
