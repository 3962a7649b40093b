import { chmodSync, existsSync, lstatSync, realpathSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import type { ReadEntry } from "tar";
import { diskFailure } from "../system/disk-failure.ts";
import { createEntryJudge } from "./archive-entry.ts";
import { extractTar } from "./tar-reader.ts";

/**
 * Unpacks an app, a slug, or the layers of an image one above the other, into an empty directory that
 * stands for `/`. Names count from there whether they are absolute or not. Modes stay, symbolic links
 * keep their targets wherever these are, and root keeps owners; but nothing is written through a link,
 * not even through one of an earlier archive.
 *
 * @throws Error that says what is wrong with an archive; BuildpackError `system/disk-full`.
 */
export async function unpackTree(archives: readonly string[], destination: string): Promise<void> {
  await mkdir(destination, { recursive: true });
  const judge = createEntryJudge({ stripComponents: 0, links: "anywhere" });
  const modes = new Map<string, number>();
  const check = (entry: ReadEntry) => {
    makeRelative(entry);
    const name = normalize(entry.path).replace(/\/+$/, "");
    modes.delete(name);
    if (entry.mode !== undefined && !isLink(entry)) modes.set(name, entry.mode);
    return judge(entry);
  };
  for (const archive of archives) {
    const options = { archive, destination, stripComponents: 0, keepOwners: true, check };
    const problem = await extractTar(options);
    if (problem) throw diskFailure(problem, destination) ?? problem;
  }
  setModes(destination, modes);
}

function makeRelative(entry: ReadEntry): void {
  entry.path = entry.path.replace(/^\/+/, "");
  const { type, linkpath } = entry;
  if (type === "Link" && linkpath) entry.linkpath = linkpath.replace(/^\/+/, "");
}

function isLink({ type }: ReadEntry): boolean {
  return type === "Link" || type === "SymbolicLink";
}

/**
 * The unpacker's modes lack what the umask takes away. Files come before their directories. A later entry may have put
 * a link in the place of an entry, or of a directory above it: no mode is set through a link.
 */
function setModes(destination: string, modes: ReadonlyMap<string, number>): void {
  const root = realpathSync.native(destination);
  const plain = new Map<string, boolean>();
  for (const [name, mode] of [...modes].toReversed()) {
    const path = join(root, name);
    const parent = dirname(path);
    const isPlain = plain.get(parent) ?? isPlainDirectory(parent);
    plain.set(parent, isPlain);
    if (!isPlain || lstatSync(path).isSymbolicLink()) continue;
    chmodSync(path, mode & 0o7777);
  }
}

/** Whether a directory has no link in its path. */
function isPlainDirectory(path: string): boolean {
  return existsSync(path) && realpathSync.native(path) === path;
}
