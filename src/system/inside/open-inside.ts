import { isUtf8 } from "node:buffer";
import { constants, createWriteStream, type Dirent, type Stats } from "node:fs";
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  rm,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { BuildpackError } from "../../failure.ts";
import { largestText, lstatIfAny, type TextFile, type TextOf, utf8Of } from "../files.ts";
import { unusable } from "../system-failure.ts";
import { moveTree } from "../tree.ts";

/*
 * Functions for files that an untrusted program has written below a directory. They follow no symbolic
 * link: neither the directory itself, nor a parent of an entry, nor the entry. (`throughLinks` follows those that
 * stay below the directory.) Each entry is opened from its parent, which is kept open, so that nothing can be
 * replaced between a check and a use (Linux).
 *
 * `root` is a directory whose parents nobody else can change; paths are relative to it. Every function
 * throws BuildpackError `system/link-not-followed` with the path of a link.
 */

const { O_NOFOLLOW, O_RDONLY, O_CREAT, O_EXCL, O_WRONLY, O_DIRECTORY } = constants;
/** Opens an entry of any kind without reading it (`open(2)`). Node does not define this flag. */
const O_PATH = 0o10_000_000;

interface Held {
  handle: FileHandle;
  stats: Stats;
}

/** The result of `lstat` for an entry that is not a link, or `undefined` if it does not exist. */
export async function lookInside(root: string, path: string): Promise<Stats | undefined> {
  return await withEntry(root, path, async ({ stats }) => await Promise.resolve(stats));
}

export async function isDirectoryInside(root: string, path: string): Promise<boolean> {
  return (await lookInside(root, path))?.isDirectory() ?? false;
}

/** Like `readUtf8` of files.ts. It throws only for a link. */
export async function readUtf8Inside(root: string, path: string): Promise<TextFile> {
  return await readInside(root, path, (bytes) =>
    isUtf8(bytes) ? { state: "text", text: utf8Of(bytes) } : unreadable("it is not UTF-8"),
  );
}

/** Like `readText` of files.ts. It throws only for a link. */
export async function readTextInside(
  root: string,
  path: string,
  textOf: TextOf = utf8Of,
): Promise<TextFile> {
  return await readInside(root, path, (bytes) => ({ state: "text", text: textOf(bytes) }));
}

async function readInside(
  root: string,
  path: string,
  fileOf: (bytes: Buffer) => TextFile,
): Promise<TextFile> {
  const read = async (held: Held) => await readHeld(held, fileOf);
  const file = await withEntry(root, path, read).catch((error: unknown) => {
    if (error instanceof BuildpackError) throw error;
    return unreadable((error as Error).message);
  });
  return file ?? { state: "missing" };
}

/** The entries of a directory, sorted by name. Empty if it is missing or cannot be read. */
export async function listInside(root: string, path: string): Promise<Dirent[]> {
  const entries = await withEntry(root, path, async ({ handle, stats }) =>
    stats.isDirectory() ? await readdir(pathOf(handle), { withFileTypes: true }).catch(none) : [],
  );
  return (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The target of a link as it is written; `undefined` for what is no link, or is missing. */
export async function readLinkInside(root: string, path: string): Promise<string | undefined> {
  return await withEntry(root, dirname(path), async ({ handle }) => {
    return await readlink(join(pathOf(handle), basename(path))).catch(() => undefined);
  });
}

/**
 * Makes a directory if it is missing, and gives it to its owner. Its parent must exist.
 *
 * @throws BuildpackError `system/file-unusable` if something else is at its path.
 */
export async function makeDirectoryInside(
  root: string,
  path: string,
  owner?: { uid: number; gid: number },
): Promise<void> {
  await withEntry(root, dirname(path), async ({ handle }) => {
    await mkdir(join(pathOf(handle), basename(path))).catch(ignoreExisting);
  });
  await withEntry(root, path, async ({ handle, stats }) => {
    if (!stats.isDirectory()) throw unusable(join(root, path), "it is not a directory");
    if (!owner) return;
    await using directory = await open(pathOf(handle), O_RDONLY | O_DIRECTORY);
    await directory.chown(owner.uid, owner.gid);
  });
}

/** Sets the mode of a regular file. Anything else, and what is missing, stays as it is. */
export async function setModeInside(root: string, path: string, mode: number): Promise<void> {
  await withEntry(root, path, async ({ handle, stats }) => {
    if (stats.isFile()) await chmod(pathOf(handle), mode);
  });
}

/**
 * Writes a new file, which replaces an existing file or link, and gives it to its owner.
 *
 * @throws BuildpackError `system/file-unusable` if its parent is missing, or if a directory is at its path.
 */
export async function writeInside(
  root: string,
  path: string,
  content: string | Uint8Array,
  { mode = 0o644, owner }: { mode?: number; owner?: { uid: number; gid: number } | undefined } = {},
): Promise<void> {
  const written = await withEntry(root, dirname(path), async ({ handle, stats }) => {
    if (!stats.isDirectory()) return false;
    const place = join(pathOf(handle), basename(path));
    if ((await lstatIfAny(place))?.isDirectory()) {
      throw unusable(join(root, path), "it is a directory");
    }
    await rm(place, { force: true });
    await using file = await open(place, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    await file.writeFile(content);
    if (owner) await file.chown(owner.uid, owner.gid);
    return true;
  });
  if (!written) throw unusable(join(root, path), "its directory does not exist");
}

/**
 * Copies a regular file to a path outside of `root`, byte for byte.
 *
 * @returns whether there was one.
 */
export async function copyOutOf(root: string, path: string, to: string): Promise<boolean> {
  const copied = await withEntry(root, path, async ({ handle, stats }) => {
    if (!stats.isFile()) return false;
    await using file = await open(pathOf(handle), O_RDONLY);
    await pipeline(file.createReadStream(), createWriteStream(to));
    return true;
  });
  return copied ?? false;
}

/**
 * Moves an entry that is not a link to a path outside of `root`, in the same file system.
 *
 * @returns whether there was one.
 */
export async function moveOutOf(root: string, path: string, to: string): Promise<boolean> {
  const moved = await withEntry(root, dirname(path), async ({ handle }) => {
    const from = join(pathOf(handle), basename(path));
    if (!(await lookInside(root, path))) return false;
    await moveTree(from, to);
    if ((await lstat(to)).isSymbolicLink()) throw linkAt(join(root, path));
    return true;
  });
  return moved ?? false;
}

async function withEntry<T>(
  root: string,
  path: string,
  work: (entry: Held) => Promise<T>,
): Promise<T | undefined> {
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) throw new Error(`${path} does not stay below ${root}`);
  return await descend({ place: root, shown: root }, names, work);
}

/** Opens `place`, and from there each of `names` in turn. */
async function descend<T>(
  { place, shown }: { place: string; shown: string },
  [name, ...names]: readonly string[],
  work: (entry: Held) => Promise<T>,
): Promise<T | undefined> {
  const handle = await open(place, O_PATH | O_NOFOLLOW).catch(undefinedWhereMissing);
  if (!handle) return undefined;
  try {
    const stats = await handle.stat();
    if (stats.isSymbolicLink()) throw linkAt(shown);
    if (name === undefined) return await work({ handle, stats });
    const next = { place: join(pathOf(handle), name), shown: join(shown, name) };
    return await descend(next, names, work);
  } finally {
    await handle.close();
  }
}

async function readHeld(
  { handle, stats }: Held,
  fileOf: (bytes: Buffer) => TextFile,
): Promise<TextFile> {
  if (stats.isDirectory()) return unreadable("it is a directory");
  if (!stats.isFile()) return unreadable("it is not a regular file");
  if (stats.size > largestText) return unreadable("it is larger than 64 MiB");
  await using file = await open(pathOf(handle), O_RDONLY);
  const bytes = await file.readFile();
  return bytes.includes(0) ? unreadable("it is a binary file") : fileOf(bytes);
}

/** A path to the open entry itself, even if another one is at its path by now. */
function pathOf({ fd }: FileHandle): string {
  return `/proc/self/fd/${fd}`;
}

function none(): Dirent[] {
  return [];
}

function unreadable(problem: string): TextFile & { state: "unreadable" } {
  return { state: "unreadable", problem };
}

function linkAt(path: string): BuildpackError {
  return new BuildpackError({ code: "system/link-not-followed", path });
}

function undefinedWhereMissing(error: unknown): undefined {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
}

function ignoreExisting(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
}
