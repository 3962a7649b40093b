import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { diskFailure } from "../system/disk-failure.ts";
import { tarOf } from "./tar.ts";
import type { TarEntry } from "./tar-header.ts";

/** A file that was written. */
export interface WrittenFile {
  /** In hexadecimal digits. */
  sha256: string;
  bytes: number;
}

/**
 * Writes a tar archive of these entries, in their order. The file appears complete or not at all, and
 * replaces an older one. Missing parent directories are made. Equal entries give equal bytes.
 *
 * @param gzip - the level at which gzip compresses it, 1 to 9; uncompressed by default.
 * @throws BuildpackError `system/disk-full`, `system/not-writable`; the error of a file that cannot be read.
 */
export async function writeTarFile(
  path: string,
  entries: Iterable<TarEntry>,
  { gzip }: { gzip?: number } = {},
): Promise<WrittenFile> {
  const staged = `${path}.${process.pid}.partial`;
  const archive = Readable.from(tarOf(entries));
  const compress = gzip === undefined ? new PassThrough() : createGzip({ level: gzip });
  const { see, result } = watchBytes();
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(archive, compress, see, createWriteStream(staged));
    await rename(staged, path);
  } catch (error) {
    throw isOurs(error, staged) ? (diskFailure(error, path) ?? error) : error;
  } finally {
    await rm(staged, { force: true });
  }
  return result();
}

/** Whether an error is about the file that is written, and not about one that is read. */
function isOurs(error: unknown, staged: string): boolean {
  const { path = staged } = error as NodeJS.ErrnoException;
  return path === staged || path === dirname(staged);
}

function watchBytes() {
  const hash = createHash("sha256");
  let bytes = 0;
  const see = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  return { see, result: (): WrittenFile => ({ sha256: hash.digest("hex"), bytes }) };
}
