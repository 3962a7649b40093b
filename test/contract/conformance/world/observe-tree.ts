import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { ChangedEntry } from "../story.ts";
import { isRoot } from "./ids.ts";

export type Tree = ReadonlyMap<string, ChangedEntry>;

/** All that stands below `/layers` and `/out`, as answers describe it. */
export function observe(): Tree {
  const tree = new Map<string, ChangedEntry>();
  for (const top of ["/layers", "/out"]) addBelow(top, tree);
  return tree;
}

/** What is new or other than before, and what is gone. */
export function difference(before: Tree, after: Tree) {
  const isOther = ([path, entry]: [string, ChangedEntry]) =>
    JSON.stringify(before.get(path)) !== JSON.stringify(entry);
  return {
    changed: Object.fromEntries([...after].filter(isOther)),
    removed: [...before.keys()].filter((path) => !after.has(path)),
  };
}

function addBelow(directory: string, tree: Map<string, ChangedEntry>): void {
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats) continue;
    tree.set(path, describe(path, stats));
    if (stats.isDirectory()) addBelow(path, tree);
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

function describe(path: string, stats: Stats): ChangedEntry {
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, "0");
  const usual = stats.isDirectory() ? "0755" : "0644";
  return {
    ...{ type: typeOf(stats) },
    ...(stats.isSymbolicLink() || mode === usual ? {} : { mode }),
    // Without root there is but one user to whom files can belong.
    ...(isUsual(stats) || !isRoot ? {} : { uid: stats.uid, gid: stats.gid }),
    ...(stats.isSymbolicLink() ? { target: readlinkSync(path) } : {}),
    ...(stats.isFile() ? describeContent(readFileSync(path)) : {}),
  };
}

function isUsual({ uid, gid }: Stats): boolean {
  return uid === 1000 && gid === 1000;
}

function typeOf(stats: Stats): string {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "symlink" : "other";
}

/** Text, or bytes where it is none; of long files only a digest. */
export function describeContent(bytes: Buffer): Partial<ChangedEntry> {
  if (bytes.length > 4096) return { sha256: createHash("sha256").update(bytes).digest("hex") };
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? { text } : { hex: bytes.toString("hex") };
}
