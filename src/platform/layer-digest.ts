import { createHash, type Hash } from "node:crypto";
import { closeSync, lstatSync, openSync, readlinkSync, readSync } from "node:fs";
import { entryKind as kind, walk } from "../system/walk.ts";

/** What a layer directory weighs, and whether anything below it has been touched. */
export interface LayerFingerprint {
  bytes: number;
  /** Changes with every write below the directory, as it covers inode numbers and change times. */
  stamp: string;
}

/**
 * Looks at every entry of a layer without reading it. Two equal stamps of one directory mean that
 * nothing in it was written in between: no program can set a change time. A build that leaves its
 * restored layers alone is therefore spared reading them, which is what a no-op build mostly costs.
 */
export function fingerprintLayer(directory: string): LayerFingerprint {
  const hash = createHash("sha256");
  let bytes = 0;
  for (const { path, name } of walk(Buffer.from(directory))) {
    const { mode, size, ino, ctimeNs } = lstatSync(path, { bigint: true });
    if ((Number(mode) & kind.all) === kind.file) bytes += Number(size);
    hash.update(name).update(`\0${mode} ${size} ${ino} ${ctimeNs}\n`);
  }
  return { bytes, stamp: hash.digest("hex") };
}

/**
 * The digest of what an image would hold of a layer: names, modes, contents and link targets, not
 * times or owners, which export sets for all. Sockets are left out, as lifecycles leave them out.
 */
export function digestLayer(directory: string): string {
  const hash = createHash("sha256");
  for (const { path, name } of walk(Buffer.from(directory))) addEntry(hash, path, name);
  return `sha256:${hash.digest("hex")}`;
}

function addEntry(hash: Hash, path: Buffer, name: Buffer): void {
  const { mode, size } = lstatSync(path);
  const type = mode & kind.all;
  if (type === kind.socket) return;
  hash.update(name).update(`\0${mode.toString(8)} ${type === kind.file ? size : 0}\n`);
  if (type === kind.file) addContent(hash, path);
  if (type === kind.link) hash.update(readlinkSync(path, { encoding: "buffer" })).update("\0");
}

function addContent(hash: Hash, path: Buffer): void {
  const file = openSync(path, "r");
  try {
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
      hash.update(chunk.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}

const chunk = Buffer.alloc(1024 * 1024);
