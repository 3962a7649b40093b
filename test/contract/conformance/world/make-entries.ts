import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import type { Entry } from "../story.ts";
import { type Ids, isRoot } from "./ids.ts";

/** Makes entries of a story in their order. Missing directories above belong to the same owner. */
export function makeEntries(entries: readonly Entry[], ids: Ids): void {
  for (const entry of entries) if (entry.type !== "forget-image") makeEntry(entry, ids);
}

/** The bytes of a file of a story. */
export function contentOf({ content = "", content_hex: hex }: Entry): Buffer {
  return hex === undefined ? Buffer.from(content) : Buffer.from(hex, "hex");
}

function makeEntry(entry: Entry, ids: Ids): void {
  const path = pathOf(entry);
  const owner = ownerOf(entry, path, ids);
  if (entry.type === "remove") {
    rmSync(path, { recursive: true, force: true });
    return;
  }
  makeParents(path, owner);
  if (entry.type !== "directory") rmSync(path, { recursive: true, force: true });
  make(entry, path);
  if (isRoot) lchownSync(path, owner.uid, owner.gid);
  if (entry.type !== "symlink" && entry.type !== "hardlink") chmodSync(path, modeOf(entry));
  if (entry.mtime !== undefined) lutimesSync(path, entry.mtime, entry.mtime);
}

function make(entry: Entry, path: Buffer): void {
  switch (entry.type) {
    case "directory":
      mkdirSync(path, { recursive: true });
      return;
    case "symlink":
      symlinkSync(entry.target ?? "", path);
      return;
    case "hardlink":
      linkSync(entry.target ?? "", path);
      return;
    case "fifo":
      spawnSync("/usr/bin/mkfifo", [path.toString()]);
      return;
    case "socket":
      // The file stays when the server's process ends; closing would remove it.
      createServer().listen(path.toString()).unref();
      return;
    case "forget-image":
    case "remove":
      return;
    case "file":
    case undefined:
      writeFileSync(path, contentOf(entry));
  }
}

function makeParents(path: Buffer, owner: Ids): void {
  const end = path.lastIndexOf("/");
  const parent = path.subarray(0, end);
  if (end <= 0 || exists(parent)) return;
  makeParents(parent, owner);
  mkdirSync(parent, { mode: 0o755 });
  if (isRoot) chownSync(parent, owner.uid, owner.gid);
}

function exists(path: Buffer): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function pathOf({ path, path_hex: hex }: Entry): Buffer {
  return hex === undefined ? Buffer.from(path ?? "") : Buffer.from(hex, "hex");
}

function ownerOf(entry: Entry, path: Buffer, ids: Ids): Ids {
  const isBuildUsers = /^\/(layers|workspace|out|home|cache)(\/|$)/.test(path.toString("latin1"));
  const usual = isBuildUsers ? ids : { uid: 0, gid: 0 };
  return { uid: entry.uid ?? usual.uid, gid: entry.gid ?? usual.gid };
}

/** Octal; a file that begins with `#!` is a program. */
export function modeOf(entry: Entry): number {
  if (entry.mode !== undefined) return Number.parseInt(entry.mode, 8);
  if (entry.type === "directory") return 0o755;
  return contentOf(entry).subarray(0, 2).toString() === "#!" ? 0o755 : 0o644;
}
