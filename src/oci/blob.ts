import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { mediaTypes } from "./media-types.ts";

/** A blob as manifests describe it (image-spec: Content Descriptors). */
export interface Descriptor {
  mediaType: string;
  /** `sha256:<hex>` of the blob. */
  digest: string;
  size: number;
}

/** A layer, and the path of its blob. */
export interface LayerBlob extends Descriptor {
  /** `sha256:<hex>` of the uncompressed archive. */
  diffId: string;
  path: string;
}

/** The path of a blob in the `blobs` directory of an image layout. */
export function blobPath(blobs: string, digest: string): string {
  return join(blobs, digest.replace(":", "/"));
}

/** Writes an archive as a gzip layer. The same version of Node makes equal blobs from equal archives. */
export async function writeLayer(blobs: string, archive: Iterable<Buffer>): Promise<LayerBlob> {
  const tar = createHash("sha256");
  const compressed = createHash("sha256");
  let size = 0;
  const staged = await stagedPath(blobs);
  try {
    await pipeline(
      Readable.from(inBlocks(archive, (block) => tar.update(block))),
      createGzip({ level: 6 }),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          compressed.update(chunk);
          size += chunk.length;
          yield chunk;
        }
      },
      createWriteStream(staged),
    );
    const digest = `sha256:${compressed.digest("hex")}`;
    const path = blobPath(blobs, digest);
    await rename(staged, path);
    const diffId = `sha256:${tar.digest("hex")}`;
    return { mediaType: mediaTypes.layer, digest, size, diffId, path };
  } finally {
    await rm(staged, { force: true });
  }
}

/** Writes a value as a JSON blob. */
export async function writeJson(
  blobs: string,
  value: object,
  mediaType: string,
): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const staged = await stagedPath(blobs);
  await writeFile(staged, bytes);
  await rename(staged, blobPath(blobs, digest));
  return { mediaType, digest, size: bytes.length };
}

/** `sha256:<hex>` of an archive. */
export function digestOf(archive: Iterable<Buffer>): string {
  const hash = createHash("sha256");
  for (const piece of archive) hash.update(piece);
  return `sha256:${hash.digest("hex")}`;
}

/** `sha256:<hex>` of a file. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest("hex")}`;
}

async function stagedPath(blobs: string): Promise<string> {
  const directory = join(blobs, "sha256");
  await mkdir(directory, { recursive: true });
  return join(directory, `.${randomBytes(6).toString("hex")}`);
}

/** Joins pieces into large blocks, because the compressor hands each of them to another thread. */
function* inBlocks(pieces: Iterable<Buffer>, see: (block: Buffer) => void): Generator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    see(piece);
    held.push(piece);
    bytes += piece.length;
    if (bytes < blockBytes) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}

const blockBytes = 512 * 1024;
