import { copyFile, constants, lstat, mkdir, readdir, utimes } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { lstatIfAny } from "../files.ts";

export interface ListedFile {
  /** Relative to the root of the listing. */
  path: string;
  bytes: number;
  /** Its modification time, in whole milliseconds since 1970. */
  modified: number;
}

/**
 * All regular files below these directories of `root`, sorted by path. Links are left out. A directory
 * that is missing, or that is reached through a link, counts as empty: the link may lead anywhere.
 */
export async function listFiles(
  root: string,
  directories: readonly string[],
): Promise<ListedFile[]> {
  const listings = await Promise.all(directories.map((path) => listDirectory(root, path)));
  return listings.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The most recently written files, as many as have less than `limit` bytes in total. */
export function newestBelow(files: readonly ListedFile[], limit: number): ListedFile[] {
  const newestFirst = files.toSorted((a, b) => b.modified - a.modified);
  let bytes = 0;
  const tooMany = newestFirst.findIndex((file) => (bytes += file.bytes) >= limit);
  return tooMany === -1 ? newestFirst : newestFirst.slice(0, tooMany);
}

/**
 * Copies files to the same paths below another root. A path that exists already, or that leads
 * through a link, is skipped.
 *
 * @param timeOf - returns the modification time of a copy, in milliseconds since 1970.
 * @returns the paths that were copied.
 */
export async function copyMissingFiles(
  from: string,
  to: string,
  paths: readonly string[],
  timeOf: (path: string) => number | undefined = () => undefined,
): Promise<string[]> {
  const copied: string[] = [];
  const open = new Map<string, boolean>();
  for (const path of paths) {
    const parent = dirname(path);
    if (!open.has(parent)) open.set(parent, await makeDirectoryWithin(to, parent));
    if (!open.get(parent) || (await lstatIfAny(join(to, path)))) continue;
    await copyFile(join(from, path), join(to, path), constants.COPYFILE_FICLONE);
    const time = timeOf(path);
    if (time !== undefined) await utimes(join(to, path), time / 1000, time / 1000);
    copied.push(path);
  }
  return copied;
}

/** Whether a directory exists, and the path to it from `root` contains no link. */
export async function isDirectoryWithin(root: string, directory: string): Promise<boolean> {
  const entry = await lstatIfAny(join(root, directory));
  return entry?.isDirectory() === true && (await leadsThroughDirectories(root, directory));
}

async function listDirectory(root: string, directory: string): Promise<ListedFile[]> {
  if (!(await isDirectoryWithin(root, directory))) return [];
  const entries = await readdir(join(root, directory), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return await Promise.all(
    paths.map(async (path) => {
      const { size, mtimeMs } = await lstat(path);
      return { path: relative(root, path), bytes: size, modified: Math.floor(mtimeMs) };
    }),
  );
}

/** Makes a directory unless something else is in the way. Resolves to whether it exists. */
async function makeDirectoryWithin(root: string, directory: string): Promise<boolean> {
  if (!(await leadsThroughDirectories(root, join(directory, "file")))) return false;
  await mkdir(join(root, directory), { recursive: true });
  return true;
}

/** Whether every parent of a path below `root` is a directory or does not exist yet. */
async function leadsThroughDirectories(root: string, path: string): Promise<boolean> {
  const parts = path.split("/").slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth++) {
    const entry = await lstatIfAny(join(root, ...parts.slice(0, depth)));
    if (entry === undefined) return true;
    if (!entry.isDirectory()) return false;
  }
  return true;
}
