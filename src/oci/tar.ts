import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  type Stats,
} from "node:fs";
import { entryKind, walk } from "../system/walk.ts";
import { padding, tarEnd, type TarEntry, type TarFile, tarHeader } from "./tar-header.ts";

/** The owner of all files of an archive. */
export interface TarOwner {
  uid: number;
  gid: number;
}

/** A tar archive of these entries, in their order, in pieces. Equal entries give equal bytes. */
export function* tarOf(entries: Iterable<TarEntry>): Generator<Buffer> {
  for (const entry of entries) {
    yield tarHeader(entry);
    if (entry.body.kind !== "file") continue;
    yield* entry.body.read();
    yield padding(entry.body.bytes);
  }
  yield tarEnd;
}

/**
 * A directory and everything below it, sorted by name, as entries below `name`: with their modes,
 * contents and link targets, and the time of files in images. A file that has several names becomes
 * several files. Sockets, pipes and devices are left out.
 *
 * @param owner - of every entry; without it, each keeps its own.
 */
export function* treeEntries(
  directory: string,
  name: string,
  owner?: TarOwner,
): Generator<TarEntry> {
  for (const entry of treeEntriesWithPipes(directory, name, owner)) {
    if (entry.body.kind !== "pipe") yield entry;
  }
}

/** As `treeEntries`, with pipes. `path` may also be a single file or pipe. */
export function* treeEntriesWithPipes(
  path: string,
  name: string,
  owner?: TarOwner,
): Generator<TarEntry> {
  const root = Buffer.from(path);
  const prefix = Buffer.from(name);
  if (prefix.length > 0) yield* entryAt(root, prefix, owner);
  if (!lstatSync(root).isDirectory()) return;
  for (const below of walk(root)) {
    yield* entryAt(below.path, Buffer.concat([prefix, below.name]), owner);
  }
}

/** The entry for one path of this machine; none for a socket or a device. */
export function* entryAt(path: Buffer, name: Buffer, owner?: TarOwner): Generator<TarEntry> {
  const stats = lstatSync(path);
  const { uid, gid } = owner ?? stats;
  const body = bodyOf(path, stats);
  if (body) yield { name, mode: stats.mode & 0o7777, uid, gid, body };
}

/** A directory that does not exist on this machine. */
export function directoryEntry(name: string, owner: TarOwner, mode = 0o755): TarEntry {
  return { name: Buffer.from(name), mode, ...owner, body: { kind: "directory" } };
}

/** A file with this content. */
export function fileEntry(name: string, content: Buffer, owner: TarOwner, mode: number): TarEntry {
  const body: TarFile = { kind: "file", bytes: content.length, read: () => [content] };
  return { name: Buffer.from(name), mode, ...owner, body };
}

function bodyOf(path: Buffer, { mode, size }: Stats): TarEntry["body"] | undefined {
  switch (mode & entryKind.all) {
    case entryKind.file:
      return { kind: "file", bytes: size, read: () => contentOf(path, size) };
    case entryKind.directory:
      return { kind: "directory" };
    case entryKind.link:
      return { kind: "link", target: readlinkSync(path, { encoding: "buffer" }) };
    case entryKind.pipe:
      return { kind: "pipe" };
    default:
      return undefined;
  }
}

/** Reads a file in pieces. */
export function piecesOf(path: string): Iterable<Buffer> {
  return contentOf(Buffer.from(path), lstatSync(path).size);
}

function* contentOf(path: Buffer, bytes: number): Generator<Buffer> {
  // A file that became a link since it was looked at may lead anywhere.
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    for (let left = bytes; left > 0;) {
      const piece = Buffer.allocUnsafe(Math.min(left, pieceBytes));
      const length = readSync(file, piece);
      if (length === 0) throw new Error(`${path.toString()} became shorter while it was read`);
      yield piece.subarray(0, length);
      left -= length;
    }
  } finally {
    closeSync(file);
  }
}

const pieceBytes = 1024 * 1024;
