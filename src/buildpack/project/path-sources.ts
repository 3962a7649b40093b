import { dirname, resolve } from "node:path";
import { isWithin } from "../../system/is-within.ts";
import type { GemfileLock } from "../../ruby/lockfile/gemfile-lock.ts";

/**
 * The absolute directories of path gems (`PATH` in a lockfile) that are in the app.
 *
 * @param dir - the project's directory; `gemfile` is relative to it, and Bundler takes the paths of gems
 *   relative to the Gemfile.
 */
export function pathSourceDirs(
  { dir, gemfile, locked }: { dir: string; gemfile: string; locked: GemfileLock },
  appDir: string,
): string[] {
  const remotes = locked.sources.flatMap((source) =>
    source.kind === "path" ? [source.remote] : [],
  );
  const directories = remotes.map((remote) => pathSourceDir({ dir, gemfile }, remote));
  return directories.filter((directory) => isWithin(appDir, directory));
}

/** The absolute directory of one path source. It may be outside the app. */
export function pathSourceDir(
  { dir, gemfile }: { dir: string; gemfile: string },
  remote: string,
): string {
  return resolve(dir, dirname(gemfile), remote);
}
