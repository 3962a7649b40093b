import { lstatSync } from "node:fs";
import { treeEntries } from "../../oci/tar.ts";
import { writeTarFile } from "../../oci/tar-file.ts";
import type { TarEntry } from "../../oci/tar-header.ts";

/**
 * Packs an app as a slug: a tar archive compressed with gzip that has the app as `./app`, with the
 * times and modes that its files have. The archive appears complete or not at all.
 *
 * @throws BuildpackError `system/disk-full`, `system/not-writable`.
 */
export async function packSlug(app: string, archive: string): Promise<void> {
  await writeTarFile(archive, slugEntries(app), { gzip: 6 });
}

/** Compilers and caches compare times, so files keep theirs. */
function* slugEntries(app: string): Generator<TarEntry> {
  for (const entry of treeEntries(app, top, { uid: 0, gid: 0 })) {
    const below = entry.name.subarray(top.length);
    const { mtimeMs } = lstatSync(Buffer.concat([Buffer.from(app), below]));
    yield { ...entry, time: Math.max(0, Math.floor(mtimeMs / 1000)) };
  }
}

const top = "./app";
