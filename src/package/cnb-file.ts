import { treeEntries } from "../oci/tar.ts";
import { writeTarFile } from "../oci/tar-file.ts";
import type { TarEntry } from "../oci/tar-header.ts";

/**
 * Writes an image layout as a `.cnb` file: an uncompressed archive with absolute names, as `pack` writes
 * it. The file appears complete or not at all.
 *
 * Spec: Distribution, Buildpackage, Format.
 */
export async function writeCnb(layout: string, path: string): Promise<void> {
  await writeTarFile(path, entriesOf(layout));
}

function* entriesOf(layout: string): Generator<TarEntry> {
  for (const entry of treeEntries(layout, "", { uid: 0, gid: 0 })) yield { ...entry, mode: 0o755 };
}
