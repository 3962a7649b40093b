import { isUtf8 } from "node:buffer";
import type { Stats } from "node:fs";
import { lstat, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { visiblePath } from "./listing/tree-view.ts";
import { entryKind } from "./walk.ts";

/** The result of reading a text file. */
export type TextFile =
  | { state: "missing" }
  | { state: "unreadable"; problem: string }
  | { state: "text"; text: string };

export type TextOf = (bytes: Buffer) => string;

export const utf8Of: TextOf = (bytes) => bytes.toString("utf8");

/** No text that people write is larger. In bytes. */
export const largestText = 64 * 1024 ** 2;

/**
 * Reads a UTF-8 file and never throws: a directory, a device, a file without read permission, one with NUL
 * bytes or one of more than 64 MiB is `unreadable`, with a short reason. The null device is an empty text.
 *
 * @param textOf - makes the text of the bytes. By default, what is not UTF-8 becomes U+FFFD.
 */
export async function readText(path: string, textOf: TextOf = utf8Of): Promise<TextFile> {
  try {
    const place = await visiblePath(path);
    if (place === undefined) return { state: "missing" };
    const stats = await stat(place);
    if (stats.isDirectory()) return { state: "unreadable", problem: "it is a directory" };
    if (isNullDevice(stats)) return { state: "text", text: "" };
    // Reading from a pipe would never end.
    if (!stats.isFile()) return { state: "unreadable", problem: "it is not a regular file" };
    if (stats.size > largestText) {
      return { state: "unreadable", problem: "it is larger than 64 MiB" };
    }
    const bytes = await readFile(place);
    if (bytes.includes(0)) return { state: "unreadable", problem: "it is a binary file" };
    return { state: "text", text: textOf(bytes) };
  } catch (error) {
    return explainReadError(error);
  }
}

/** As `readText`, for files that have to be UTF-8: others are `unreadable`. */
export async function readUtf8(path: string): Promise<TextFile> {
  const file = await readText(path);
  // The sign for a character that could not be read is a character too.
  if (file.state !== "text" || !file.text.includes("\uFFFD")) return file;
  if ((await lineNotUtf8(path)) === undefined) return file;
  return { state: "unreadable", problem: "it is not UTF-8" };
}

/** The number of the first line of a file that is not UTF-8, or `undefined` if all are. */
export async function lineNotUtf8(path: string): Promise<number | undefined> {
  const place = await visiblePath(path);
  const lines = place === undefined ? [] : (await readFile(place, "latin1")).split("\n");
  const index = lines.findIndex((line) => !isUtf8(Buffer.from(line, "latin1")));
  return index < 0 ? undefined : index + 1;
}

/** `/dev/null` under any name: platforms pass it for a file without content. */
function isNullDevice(stats: Stats): boolean {
  const [major, minor] = [1, 3];
  return stats.isCharacterDevice() && stats.rdev === major * 256 + minor;
}

/** The text of a file, or `undefined` if it cannot be read. */
export async function readTextIfAny(path: string): Promise<string | undefined> {
  const file = await readText(path);
  return file.state === "text" ? file.text : undefined;
}

/**
 * The text of the file of this name in `from`, or else in the nearest directory above it, up to
 * `root`. Version managers search for their files in this way. `from` is `root` or below it.
 */
export async function readNearest(
  root: string,
  from: string,
  name: string,
): Promise<string | undefined> {
  const text = await readTextIfAny(join(from, name));
  if (text !== undefined || from === root || from === dirname(from)) return text;
  return await readNearest(root, dirname(from), name);
}

/** The result of `stat`, which follows links, or `undefined` if the path does not exist. */
export async function statIfAny(path: string): Promise<Stats | undefined> {
  const place = await visiblePath(path);
  return place === undefined ? undefined : await stat(place).catch(() => undefined);
}

/** The result of `lstat`, which does not follow links, or `undefined` if the path does not exist. */
export async function lstatIfAny(path: string): Promise<Stats | undefined> {
  const place = await visiblePath(path, false);
  return place === undefined ? undefined : await lstat(place).catch(() => undefined);
}

/**
 * Whether the mode of an entry lets its owner read it. Trying to read it would tell nothing: we may be root, who can
 * read everything.
 */
export function isReadableByOwner({ mode }: Pick<Stats, "mode">): boolean {
  const wanted = (mode & entryKind.all) === entryKind.directory ? 0o500 : 0o400;
  return (mode & wanted) === wanted;
}

export async function isFile(path: string): Promise<boolean> {
  return (await statIfAny(path))?.isFile() ?? false;
}

/** Whether it is a file that somebody may execute. */
export async function isProgram(path: string): Promise<boolean> {
  const stats = await statIfAny(path);
  return stats?.isFile() === true && (stats.mode & 0o111) !== 0;
}

export async function isDirectory(path: string): Promise<boolean> {
  return (await statIfAny(path))?.isDirectory() ?? false;
}

/** Removes a path and everything below it. It need not exist. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 2 });
}

/**
 * Makes a directory and those above it, if they do not exist. Node's own recursive `mkdir` never ends in a file
 * system without new directories, such as `/proc`.
 *
 * @returns whether the directory is new.
 */
export async function makeDirectories(path: string, mode?: number): Promise<boolean> {
  if (await isDirectory(path)) return false;
  const parent = dirname(path);
  if (parent !== path) await makeDirectories(parent, mode);
  await mkdir(path, { mode });
  return true;
}

/** Makes an empty directory at `path`, and removes what was there. */
export async function makeEmptyDirectory(path: string): Promise<void> {
  await removeTree(path);
  await mkdir(path, { recursive: true });
}

/**
 * Writes a file so that a reader finds the old content or the new, never a part of it: the bytes go
 * into a new file beside it, which is then renamed. Missing parent directories are made.
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const staged = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}`);
  try {
    await writeNew(staged, content, mode);
    await rename(staged, path);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
}

/** Sets the mode through the open file: in a directory that others can write to, the path could be a link by then. */
async function writeNew(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  await using file = await open(path, "wx", mode);
  await file.writeFile(content);
  await file.chmod(mode);
}

function explainReadError(error: unknown): TextFile {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return { state: "missing" };
  if (code === "EACCES") return { state: "unreadable", problem: "permission denied" };
  return { state: "unreadable", problem: (error as Error).message };
}
