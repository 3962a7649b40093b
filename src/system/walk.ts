import { lstatSync, readdirSync } from "node:fs";

/** An entry below a directory. Names need not be UTF-8. */
export interface WalkedEntry {
  path: Buffer;
  /** Relative to the directory, with a leading slash. */
  name: Buffer;
}

/**
 * Every entry below a directory, sorted by the bytes of the names, each directory before its content.
 * The calls are synchronous: for thousands of small entries, asynchronous ones take ten times as long.
 */
export function* walk(directory: Buffer, above: Buffer = Buffer.alloc(0)): Generator<WalkedEntry> {
  const entries = readdirSync(directory, { encoding: "buffer", withFileTypes: true });
  for (const entry of entries.sort((a, b) => Buffer.compare(a.name, b.name))) {
    const path = Buffer.concat([directory, slash, entry.name]);
    const name = Buffer.concat([above, slash, entry.name]);
    yield { path, name };
    if (entry.isDirectory()) yield* walk(path, name);
  }
}

/** Every entry below a directory. Anything else is its own only entry, with an empty name. */
export function entriesOf(path: string): Iterable<WalkedEntry> {
  const top = Buffer.from(path);
  return lstatSync(top).isDirectory() ? walk(top) : [{ path: top, name: Buffer.alloc(0) }];
}

const slash = Buffer.from("/");

/** The bits of a mode that say what kind of entry it is (`inode(7)`). */
export const entryKind = {
  all: 0o170_000,
  file: 0o100_000,
  directory: 0o040_000,
  link: 0o120_000,
  socket: 0o140_000,
  pipe: 0o010_000,
};

/** All parent directories of an absolute path, the topmost first, without `/`. */
export function ancestorsOf(path: string): string[] {
  const parts = path.split("/").slice(1, -1);
  return parts.map((_part, index) => `/${parts.slice(0, index + 1).join("/")}`);
}
