import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { tarOf, treeEntries } from "../oci/tar.ts";
import type { TarEntry } from "../oci/tar-header.ts";

/**
 * Writes an image layout as a `.cnb` file, whole or not at all: an uncompressed archive with absolute
 * names, as `pack` writes it.
 *
 * Spec: Distribution, Buildpackage, Format.
 */
export async function writeCnb(layout: string, path: string): Promise<void> {
  const staged = `${path}.${process.pid}.partial`;
  try {
    await pipeline(Readable.from(tarOf(entriesOf(layout))), createWriteStream(staged));
    await rename(staged, path);
  } finally {
    await rm(staged, { force: true });
  }
}

function* entriesOf(layout: string): Generator<TarEntry> {
  for (const entry of treeEntries(layout, "", { uid: 0, gid: 0 })) yield { ...entry, mode: 0o755 };
}
