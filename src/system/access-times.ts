import { copyFile, lstat, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "./files.ts";
import { setAccessTimes } from "./tree.ts";

/** Resolves to those of `paths` that a process has read since, or that are no longer there. */
export type ReadWatch = (paths: Iterable<string>) => Promise<ReadonlySet<string>>;

/**
 * Watches which files of a tree are read from now on, by any process, as their access times show (open(2),
 * mount(8) `relatime`). Programs that open files with `O_NOATIME` are not seen.
 *
 * @returns `undefined` if the file system does not keep access times, or if the files belong to somebody else.
 */
export async function watchReads(root: string): Promise<ReadWatch | undefined> {
  if (!(await keepsAccessTimes(root))) return undefined;
  try {
    await setAccessTimes(root, unread);
  } catch {
    return undefined;
  }
  const { dev } = await lstat(root);
  return async (paths) => {
    const read = new Set<string>();
    for (const path of paths) {
      const stats = await lstat(join(root, path)).catch(() => undefined);
      // Other file systems below this one were not tried.
      const isUnread = stats?.dev === dev && stats.atimeMs === unread * 1000;
      if (!isUnread) read.add(path);
    }
    return read;
  };
}

/** In seconds since 1970. Older than any file, so that `relatime` notes the next read. */
const unread = 86_400;

/** Tries reading and copying, which some file systems do without reading. */
async function keepsAccessTimes(root: string): Promise<boolean> {
  const trial = await mkdtemp(join(root, ".lapidary-")).catch(() => undefined);
  if (trial === undefined) return false;
  const [read, copied] = [join(trial, "read"), join(trial, "copied")];
  try {
    await Promise.all([writeFile(read, "read"), writeFile(copied, "copied")]);
    await setAccessTimes(trial, unread);
    if (!(await isMarked(read)) || !(await isMarked(copied))) return false;
    await readFile(read);
    await copyFile(copied, join(trial, "copy"));
    return !(await isMarked(read)) && !(await isMarked(copied));
  } catch {
    return false;
  } finally {
    await removeTree(trial);
  }
}

async function isMarked(path: string): Promise<boolean> {
  return (await lstat(path)).atimeMs === unread * 1000;
}
