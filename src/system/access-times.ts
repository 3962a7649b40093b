import { lstatSync } from "node:fs";
import { constants, copyFile, lstat, mkdtemp, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "./files.ts";
import { setAccessTimes } from "./tree.ts";

/**
 * Returns which of the given files a process has read since the watch began, and which no longer exist. Directories
 * are left out.
 */
export type ReadWatch = (paths: Iterable<string>) => Promise<ReadonlySet<string>>;

/**
 * Watches which files of a tree are read from now on, by any process, as their access times show (open(2),
 * mount(8) `relatime`). A file that has several names counts as read, because nothing shows that it got another one.
 * Programs that open files with `O_NOATIME` are not seen.
 *
 * @returns `undefined` if the file system does not keep access times or copies files without reading them, or if files
 * belong to somebody else.
 */
export async function watchReads(root: string): Promise<ReadWatch | undefined> {
  try {
    const device = await tryAccessTimes(root);
    if (device === undefined) return undefined;
    await setAccessTimes(root, unread);
    return async (paths) =>
      new Set([...paths].filter((path) => isReadSince(join(root, path), device)));
  } catch {
    return undefined;
  }
}

/** In seconds since 1970. Older than any file, so that `relatime` notes the next read. */
const unread = 86_400;

// Synchronous, as in `walk`: for thousands of files, asynchronous calls take ten times as long.
function isReadSince(path: string, device: number): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return false;
  // Other file systems below this one were not tried.
  return stats?.dev !== device || stats.nlink > 1 || stats.atimeMs !== unread * 1000;
}

/** Resolves to the device of files in a directory, if reading and copying one leaves a trace. */
async function tryAccessTimes(root: string): Promise<number | undefined> {
  const trial = await mkdtemp(join(root, ".lapidary-"));
  const [read, copied] = [join(trial, "read"), join(trial, "copied")];
  try {
    await Promise.all([writeToDisk(read), writeToDisk(copied)]);
    await setAccessTimes(trial, unread);
    const { dev } = await lstat(read);
    if (isReadSince(read, dev) || isReadSince(copied, dev)) return undefined;
    await readFile(read);
    await copyFile(copied, join(trial, "copy"), constants.COPYFILE_FICLONE);
    return isReadSince(read, dev) && isReadSince(copied, dev) ? dev : undefined;
  } finally {
    await removeTree(trial);
  }
}

/** Some file systems share the blocks of a copy only if they are on disk, and if there are several. */
async function writeToDisk(path: string): Promise<void> {
  await using file = await open(path, "w");
  await file.writeFile(Buffer.alloc(256 * 1024, "x"));
  await file.sync();
}
