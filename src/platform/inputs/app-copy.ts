import type { Dirent } from "node:fs";
import { chmod, lstat, mkdir, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import ignore from "ignore";
import { BuildpackError } from "../../failure.ts";
import { isDirectory } from "../../system/files.ts";
import { copyEntries, copyTreeWithTimes, removeSpecialFiles } from "../../system/tree.ts";
import { placesInside, refusePlaceInside } from "./app-place.ts";

export interface AppFilter {
  /** Patterns of gitignore, relative to the app. */
  include: readonly string[];
  exclude: readonly string[];
  /** Absolute paths that are never copied: where the command itself writes results. */
  results?: readonly string[];
}

/**
 * Fills an empty directory with a copy of the app, as `pack` passes an app to a build: with modes, links
 * and times, and without sockets. The parents of included files are included. Nothing is ever written to `app`.
 *
 * @throws BuildpackError `platform/app-missing`, or `platform/usage` if the copy would be inside the app.
 */
export async function copyApp(app: string, destination: string, filter: AppFilter): Promise<void> {
  if (!(await isDirectory(app)))
    throw new BuildpackError({ code: "platform/app-missing", path: app });
  const real = await realpath(app);
  await refusePlaceInside(real, destination, "The copy of the app");
  await mkdir(destination, { recursive: true });
  try {
    await copyWanted(real, destination, filter);
  } catch (error) {
    const failure = error instanceof BuildpackError ? error.failure : undefined;
    if (failure && failure.code !== "system/file-unusable") throw error;
    const problem = failure?.problem ?? (error as Error).message;
    throw new BuildpackError(
      { code: "platform/app-unreadable", path: app, problem },
      { cause: error },
    );
  }
  // The original may be private; in the image, the directory must be readable.
  await chmod(destination, ((await stat(app)).mode & 0o777) | 0o755);
  await removeSpecialFiles(destination, "pipes, too");
}

async function copyWanted(app: string, destination: string, filter: AppFilter): Promise<void> {
  const results = await placesInside(app, filter.results ?? []);
  if (filter.include.length === 0 && filter.exclude.length === 0 && results.length === 0) {
    await copyTreeWithTimes(app, destination);
    return;
  }
  const { files, emptyDirectories } = await entriesWanted(app, filter, new Set(results));
  await copyEntries(app, files, destination);
  for (const path of emptyDirectories) {
    await mkdir(join(destination, path), { recursive: true });
    await chmod(join(destination, path), (await lstat(join(app, path))).mode & 0o7777);
  }
}

interface Entries {
  files: string[];
  /** Directories that are included although nothing in them is. */
  emptyDirectories: string[];
}

/** The relative paths of everything that passes the filter and is not one of `results`. */
async function entriesWanted(
  app: string,
  filter: AppFilter,
  results: ReadonlySet<string>,
): Promise<Entries> {
  const isWanted = predicateOf(filter);
  const found: Entries = { files: [], emptyDirectories: [] };
  const walk = async (directory: string): Promise<void> => {
    for (const entry of await readdir(join(app, directory), { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (results.has(path)) continue;
      if (entry.isDirectory()) await enter(path);
      else if (isKept(entry) && isWanted(path)) found.files.push(path);
    }
  };
  const enter = async (path: string): Promise<void> => {
    // Nothing below an excluded directory is included, but something below one that is not included may be.
    if (filter.include.length === 0 && !isWanted(`${path}/`)) return;
    const before = found.files.length + found.emptyDirectories.length;
    await walk(path);
    const isEmpty = found.files.length + found.emptyDirectories.length === before;
    if (isEmpty && isWanted(`${path}/`)) found.emptyDirectories.push(path);
  };
  await walk("");
  return found;
}

function isKept(entry: Dirent): boolean {
  return entry.isFile() || entry.isSymbolicLink() || entry.isFIFO();
}

/**
 * Whether a copy would not have an entry of the app. With `include`, the directories of included files are
 * not known without all files: none is hidden.
 */
export function hiddenBy(filter: AppFilter): (path: string, isDirectory: boolean) => boolean {
  const isWanted = predicateOf(filter);
  const includes = filter.include.length > 0;
  return (path, isDirectory) => {
    if (isDirectory) return !includes && !isWanted(`${path}/`);
    return !isWanted(path);
  };
}

function predicateOf({ include, exclude }: AppFilter): (path: string) => boolean {
  const matcher = ignore({ ignorecase: false }).add([...(include.length > 0 ? include : exclude)]);
  return (path) => matcher.ignores(path) === include.length > 0;
}
