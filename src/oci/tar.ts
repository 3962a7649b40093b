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

/** Whose all files of an archive are. */
export interface TarOwner {
  uid: number;
  gid: number;
}

/**
 * A tar archive of these entries, in their order, in pieces. Equal entries give equal bytes: every
 * time is `imageTime`.
 */
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
 * A directory and all below it, in the order of names, as it stands at `name` in the archive: modes,
 * contents and link targets as they are. A file with several names is a file each time. What is
 * neither file, directory nor link is left out.
 *
 * @param owner - of every entry; where there is none, each keeps its own.
 */
export function* treeEntries(
  directory: string,
  name: string,
  owner?: TarOwner,
): Generator<TarEntry> {
  const root = Buffer.from(directory);
  const prefix = Buffer.from(name);
  if (prefix.length > 0) yield* entryAt(root, prefix, owner);
  for (const below of walk(root)) {
    yield* entryAt(below.path, Buffer.concat([prefix, below.name]), owner);
  }
}

/** What stands at a path of the host, as an entry; nothing where it is a socket and the like. */
export function* entryAt(path: Buffer, name: Buffer, owner?: TarOwner): Generator<TarEntry> {
  const stats = lstatSync(path);
  const { uid, gid } = owner ?? stats;
  const body = bodyOf(path, stats);
  if (body) yield { name, mode: stats.mode & 0o7777, uid, gid, body };
}

/** A directory that need not stand anywhere. */
export function directoryEntry(name: string, owner: TarOwner, mode = 0o755): TarEntry {
  return { name: Buffer.from(name), mode, ...owner, body: { kind: "directory" } };
}

/** A file whose content is known. */
export function fileEntry(name: string, content: Buffer, owner: TarOwner, mode: number): TarEntry {
  const body: TarFile = { kind: "file", bytes: content.length, read: () => [content] };
  return { name: Buffer.from(name), mode, ...owner, body };
}

/** All directories above a path, the topmost first, without `/` itself. */
export function ancestorsOf(path: string): string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_part, index) => `/${parts.slice(0, index + 1).join("/")}`);
}

function bodyOf(path: Buffer, { mode, size }: Stats): TarEntry["body"] | undefined {
  switch (mode & entryKind.all) {
    case entryKind.file:
      return { kind: "file", bytes: size, read: () => contentOf(path, size) };
    case entryKind.directory:
      return { kind: "directory" };
    case entryKind.link:
      return { kind: "link", target: readlinkSync(path, { encoding: "buffer" }) };
    default:
      return undefined;
  }
}

/** The content of a file, in pieces. */
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
