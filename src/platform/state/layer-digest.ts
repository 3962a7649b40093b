import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { digestOf } from "../../oci/blob.ts";
import { tarOf, type TarOwner } from "../../oci/tar.ts";
import { isReadableByOwner } from "../../system/files.ts";
import { entriesOf, entryKind as kind } from "../../system/walk.ts";
import { layerArchive } from "../../oci/layer-archive.ts";

/** The size of a layer, and a stamp that shows whether anything below it was written. */
export interface LayerFingerprint {
  bytes: number;
  /** Changes with every write below the directory: it covers inode numbers and change times. */
  stamp: string;
}

/**
 * Looks at every entry of a layer without reading it. If two stamps of a directory are equal, nothing in
 * it was written in between: no program can set a change time. Layers that a build does not change are
 * therefore not read again, which would take most of the time of a build without changes.
 *
 * @param refuse - throws for an entry that its owner may not read, by its path relative to the directory.
 */
export function fingerprintLayer(
  directory: string,
  refuse?: (unreadable: string) => never,
): LayerFingerprint {
  const hash = createHash("sha256");
  let bytes = 0;
  for (const { path, name } of entriesOf(directory)) {
    const { mode, size, ino, ctimeNs } = lstatSync(path, { bigint: true });
    if (refuse && !isReadableByOwner({ mode: Number(mode) })) refuse(name.subarray(1).toString());
    if ((Number(mode) & kind.all) === kind.file) bytes += Number(size);
    hash.update(name).update(`\0${mode} ${size} ${ino} ${ctimeNs}\n`);
  }
  return { bytes, stamp: hash.digest("hex") };
}

/**
 * The diffID of a layer: the SHA-256 of its uncompressed archive. `writeLayer` computes the same value while it
 * compresses the archive.
 *
 * @param path - the path of the layer in the image.
 * @param parentMode - the mode of the directory that it is in.
 */
export function digestLayer(
  directory: string,
  path: string,
  owner: TarOwner,
  parentMode?: number,
): string {
  return digestOf(tarOf(layerArchive(directory, path, owner, parentMode)));
}
