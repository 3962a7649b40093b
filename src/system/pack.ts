import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import glob from "fast-glob";
import { create } from "tar";
import { diskFailure } from "./disk-failure.ts";
import { imageTime } from "./image-time.ts";

/**
 * Packs what a directory holds into a tar archive compressed with gzip, and resolves to its SHA-256
 * and its size. The same files make the same bytes: sorted, owned by nobody in particular, writable by
 * their owner alone, and as old as all files in images are.
 *
 * @throws BuildpackError `system/disk-full`, `system/not-writable`.
 */
export async function packTree(
  directory: string,
  archive: string,
): Promise<{ sha256: string; bytes: number }> {
  const paths = await glob("**", {
    cwd: directory,
    dot: true,
    onlyFiles: false,
    followSymbolicLinks: false,
  });
  // A name that begins with `@` would be taken for that of an archive.
  const names = paths.map((path) => `./${path}`).sort();
  const pack = create({ ...settled, cwd: directory }, names);
  const hash = createHash("sha256");
  let bytes = 0;
  const digest = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  try {
    await pipeline(pack, digest, createWriteStream(archive));
  } catch (error) {
    throw diskFailure(error, archive) ?? error;
  }
  return { sha256: hash.digest("hex"), bytes };
}

const settled = {
  gzip: { level: 9 },
  portable: true,
  strict: true,
  noDirRecurse: true,
  mtime: new Date(imageTime * 1000),
};
