import { createHash } from "node:crypto";
import { mkdir, open, readFile, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import { isFile, lstatIfAny } from "../system/files.ts";
import { digestOfFile, type LayerBlob, writeLayer } from "./blob.ts";
import { type Image, type ImageConfig, imageConfigSchema, invalidImage } from "./image.ts";
import { mediaTypes } from "./media-types.ts";
import { entryAt, fileEntry, piecesOf } from "./tar.ts";
import { writeTarFile } from "./tar-file.ts";
import type { TarEntry } from "./tar-header.ts";
import { unpackArchive } from "./unpack-archive.ts";

/**
 * Writes an image as an archive for `docker load`. The file appears complete or not at all. Layers stay
 * compressed, which every engine accepts.
 *
 * @param names - the names of the image in the engine, such as `shop:latest`.
 * @throws BuildpackError `system/disk-full`, `system/not-writable`.
 */
export async function writeDockerArchive(
  path: string,
  image: Image,
  names: readonly string[],
): Promise<void> {
  await writeTarFile(path, dockerArchiveEntries(image, names));
}

/** The entries of an archive for `docker load`. */
export function* dockerArchiveEntries(image: Image, names: readonly string[]): Generator<TarEntry> {
  const config = Buffer.from(JSON.stringify(image.config));
  const configName = `${createHash("sha256").update(config).digest("hex")}.json`;
  const layerNames = image.layers.map(({ digest }) => `${digest.replace("sha256:", "")}.tar.gz`);
  const manifest = [{ Config: configName, RepoTags: names, Layers: layerNames }];
  yield fileEntry("manifest.json", Buffer.from(JSON.stringify(manifest)), owner, 0o644);
  yield fileEntry(configName, config, owner, 0o644);
  const written = new Set<string>();
  for (const [index, name] of layerNames.entries()) {
    if (written.has(name)) continue;
    written.add(name);
    const { path = "" } = image.layers[index] ?? {};
    for (const entry of entryAt(Buffer.from(path), Buffer.from(name), owner)) {
      yield { ...entry, mode: 0o644 };
    }
  }
}

const owner = { uid: 0, gid: 0 };

const archiveManifest = z.array(
  z.object({
    Config: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Layers: z.array(z.string()),
  }),
);

/**
 * Reads an image from an archive that `docker save` wrote: the one called `name`, or else the first.
 *
 * @param work - an empty directory, which keeps the blobs of the image.
 * @throws BuildpackError `image/invalid`.
 */
export async function readDockerArchive(
  path: string,
  { name, work }: { name?: string | undefined; work: string },
): Promise<Image> {
  const unpacked = join(work, "unpacked");
  await mkdir(unpacked, { recursive: true });
  if (!(await isFile(path))) throw invalidImage(path, "there is no such file");
  try {
    await unpackArchive({ archive: path, destination: unpacked });
    return await readUnpacked(await realpath(unpacked), name, work);
  } catch (error) {
    if (error instanceof BuildpackError && error.failure.code.startsWith("system/")) throw error;
    throw invalidImage(path, problemOf(error));
  }
}

async function readUnpacked(directory: string, name: string | undefined, work: string) {
  const images = archiveManifest.parse(await readJson(join(directory, "manifest.json")));
  const found = images.find(({ RepoTags }) => !name || RepoTags?.includes(name));
  if (!found) throw new Error(`it contains no image \`${name}\``);
  const config = imageConfigSchema.parse(await readJson(within(directory, found.Config)));
  const layers: LayerBlob[] = [];
  for (const [index, layer] of found.Layers.entries()) {
    // Docker writes a layer that occurs twice as a link to its first place.
    const path = within(directory, await realpath(within(directory, layer)));
    layers.push(await readLayer(path, diffIdAt(config, index), work));
  }
  const reference = await digestOfFile(within(directory, found.Config));
  const image = name ?? found.RepoTags?.[0];
  return { config, layers, reference, ...(image === undefined ? {} : { name: { image } }) };
}

async function readLayer(path: string, diffId: string, work: string): Promise<LayerBlob> {
  if (await isGzip(path)) {
    const size = (await lstatIfAny(path))?.size ?? 0;
    return { mediaType: mediaTypes.layer, digest: await digestOfFile(path), size, diffId, path };
  }
  const layer = await writeLayer(join(work, "blobs"), piecesOf(path));
  if (layer.diffId === diffId) return layer;
  throw new Error(`a layer has the digest ${layer.diffId}, but its config says ${diffId}`);
}

function diffIdAt({ rootfs }: ImageConfig, index: number): string {
  const diffId = rootfs.diff_ids[index];
  if (diffId === undefined) throw new Error("its config lists fewer layers than its manifest");
  return diffId;
}

async function isGzip(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return buffer.readUInt16BE(0) === 0x1f8b;
}

/** A name in a hostile archive may lead anywhere. */
function within(directory: string, name: string): string {
  const path = resolve(directory, name);
  if (path.startsWith(`${directory}/`)) return path;
  throw new Error(`\`${name}\` leads out of the archive`);
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

function problemOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  if (error instanceof BuildpackError && "problem" in error.failure) return error.failure.problem;
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "it is not an archive made by `docker save`" : message;
}
