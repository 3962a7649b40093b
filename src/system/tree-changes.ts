import { createHash } from "node:crypto";
import { type Dirent, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { chmod, lstat, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addContent } from "./file-digest.ts";
import { lstatIfAny, makeEmptyDirectory, removeTree } from "./files.ts";
import { copyEntries } from "./tree.ts";

/**
 * The entry at each path below a root: its kind, its mode and a digest of its content. Times and
 * owners are left out, because an image has its own.
 */
export type TreeSnapshot = ReadonlyMap<string, string>;

/** Takes a snapshot of a whole tree. Links are not followed. */
export function snapshotTree(root: string): TreeSnapshot {
  return new Map([...entriesBelow(root, "")].map((path) => [path, describe(join(root, path))]));
}

/** One SHA-256 over a snapshot, in hex. */
export function digestSnapshot(snapshot: TreeSnapshot): string {
  const hash = createHash("sha256");
  for (const [path, entry] of snapshot) hash.update(`${path}\0${entry}\0`);
  return hash.digest("hex");
}

/** An entry of a snapshot without the content, if it is a file. */
export function withoutContent(entry: string): string {
  return entry.startsWith(`${fileMark} `) ? entry.split(" ").slice(0, 2).join(" ") : entry;
}

/** Whether an entry has the content of a file, or is not a file. */
export function hasContent(entry: string): boolean {
  return withoutContent(entry) !== entry || !entry.startsWith(`${fileMark} `);
}

/** What has changed in a tree. */
interface TreeChanges {
  removed: string[];
  directories: string[];
  /** Files and links that were written. */
  files: string[];
}

/**
 * Records in the directory `record` what has changed below `root` since `before`. `replayChanges` can
 * then make the same changes to a tree that looks as `root` did before.
 *
 * @param known files that the caller keeps itself, and that are not recorded.
 * @returns the paths of `before` at which there is something else now, or nothing.
 */
export async function recordChanges(
  root: string,
  before: TreeSnapshot,
  record: string,
  known: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const after = snapshotTree(root);
  const written = [...after.keys()].filter((path) => after.get(path) !== before.get(path));
  const changes: TreeChanges = {
    removed: [...before.keys()].filter((path) => !after.has(path)),
    directories: written.filter((path) => isDirectoryEntry(after.get(path))),
    files: written.filter((path) => !isDirectoryEntry(after.get(path)) && !known.has(path)),
  };
  await makeEmptyDirectory(join(record, "tree"));
  await writeChanges(changes, root, join(record, "tree"));
  await writeFile(join(record, "changes.json"), JSON.stringify(changes));
  return new Set([...changes.removed, ...written.filter((path) => before.has(path))]);
}

/** Makes the recorded changes to `root`. */
export async function replayChanges(record: string, root: string): Promise<void> {
  const text = await readFile(join(record, "changes.json"), "utf8");
  const changes = JSON.parse(text) as TreeChanges;
  for (const path of changes.removed) await removeTree(join(root, path));
  await writeChanges(changes, join(record, "tree"), root);
}

async function writeChanges(changes: TreeChanges, from: string, to: string): Promise<void> {
  for (const path of changes.directories) await makeDirectory(join(from, path), join(to, path));
  // If a link is in the place of a file, the copy would be written through it.
  for (const path of changes.files) await removeTree(join(to, path));
  await copyEntries(from, changes.files, to);
}

async function makeDirectory(from: string, to: string): Promise<void> {
  const present = await lstatIfAny(to);
  if (present && !present.isDirectory()) await removeTree(to);
  await mkdir(to, { recursive: true });
  await chmod(to, (await lstat(from)).mode & 0o7777);
}

/** Lists each directory before its content. */
function* entriesBelow(root: string, directory: string): Generator<string> {
  const entries = entriesOf(join(root, directory));
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    yield path;
    if (entry.isDirectory()) yield* entriesBelow(root, path);
  }
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
    return [];
  }
}

// An entry that cannot be read does not stop the snapshot: tasks run as the same user, so none has read it.
function describe(path: string): string {
  try {
    return describeEntry(path);
  } catch (error) {
    return `unreadable ${(error as NodeJS.ErrnoException).code}`;
  }
}

function describeEntry(path: string): string {
  const stats = lstatSync(path);
  const mode = (stats.mode & 0o7777).toString(8);
  if (stats.isDirectory()) return `${directoryMark} ${mode}`;
  if (stats.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  const hash = createHash("sha256");
  if (stats.isFile()) addContent(hash, path);
  return `${fileMark} ${mode} ${hash.digest("hex")}`;
}

const directoryMark = "directory";
const fileMark = "file";

function isDirectoryEntry(entry: string | undefined): boolean {
  return entry?.startsWith(directoryMark) === true;
}
