import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { digestOf } from "../../oci/blob.ts";
import { tarOf, type TarOwner } from "../../oci/tar.ts";
import { entryKind as kind, walk } from "../../system/walk.ts";
import { layerArchive } from "../../oci/layer-archive.ts";

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
 * The digest by which an image knows a layer: that of its uncompressed archive.
 *
 * @param path - where the layer stands in the image.
 */
export function digestLayer(directory: string, path: string, owner: TarOwner): string {
  return digestOf(tarOf(layerArchive(directory, path, owner)));
}
