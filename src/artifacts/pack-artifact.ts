import { treeEntries } from "../oci/tar.ts";
import { writeTarFile, type WrittenFile } from "../oci/tar-file.ts";
import type { TarEntry } from "../oci/tar-header.ts";

/**
 * Packs the contents of a directory as a tar archive compressed with gzip. The same files give the
 * same bytes: sorted by name, with the time of files in images, owned by root, and writable by their
 * owner alone.
 *
 * @throws BuildpackError `system/disk-full`, `system/not-writable`.
 */
export async function packArtifact(directory: string, archive: string): Promise<WrittenFile> {
  return await writeTarFile(archive, entriesOf(directory), { gzip: 9 });
}

function* entriesOf(directory: string): Generator<TarEntry> {
  for (const entry of treeEntries(directory, ".", { uid: 0, gid: 0 })) {
    // The directory that it is unpacked into keeps its own mode.
    if (entry.name.toString() === ".") continue;
    const mode = entry.body.kind === "link" ? 0o777 : (entry.mode & 0o755) | 0o600;
    yield { ...entry, mode };
  }
}
