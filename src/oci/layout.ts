import { constants } from "node:fs";
import { copyFile, link, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { lstatIfAny, readTextIfAny, statIfAny, writeAtomically } from "../system/files.ts";
import { parseJson } from "../system/parse-json.ts";
import { blobPath, type Descriptor, digestOf, type LayerBlob, writeJson } from "./blob.ts";
import { type Image, type ImageConfig, imageConfigSchema, invalidImage } from "./image.ts";
import { candidates, indexSchema, type ManifestDescriptor, manifestSchema } from "./manifest.ts";
import { manifestTypes, mediaTypes } from "./media-types.ts";

/** An entry of an image index. */
export interface IndexEntry extends Descriptor {
  platform?: { architecture: string; os: string } | undefined;
  annotations?: Record<string, string> | undefined;
}

/** The entries of an index that stay in it: other tools may have written them, with digests of other kinds. */
const namedEntries = z.object({
  manifests: z.array(
    z.looseObject({
      ...{ mediaType: z.string(), digest: z.string(), size: z.int() },
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/**
 * Writes an image into an image layout, with every blob that the layout lacks. Blobs are hard links to
 * the originals if possible, otherwise copies.
 *
 * @returns the entry for an index.
 */
export async function writeImage(layout: string, image: Image): Promise<IndexEntry> {
  const blobs = await openLayout(layout);
  for (const layer of image.layers) await placeBlob(layer, blobs);
  const config = await writeJson(blobs, image.config, mediaTypes.config);
  const layers = image.layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers };
  const { architecture, os } = image.config;
  const written = await writeJson(blobs, manifest, mediaTypes.manifest);
  return { ...written, platform: { architecture, os } };
}

/** Writes an index as a blob: registries use it to offer several architectures under one name. */
export async function writeNestedIndex(
  layout: string,
  manifests: readonly IndexEntry[],
): Promise<IndexEntry> {
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
  return await writeJson(await openLayout(layout), index, mediaTypes.index);
}

/** Writes the list of images in a layout, and replaces the old list. To be called last. */
export async function writeIndex(layout: string, manifests: readonly IndexEntry[]): Promise<void> {
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
  await writeAtomically(join(layout, "index.json"), JSON.stringify(index));
}

/**
 * Puts an image under these names into a layout. It comes first, so that a reader that asks for no name gets it. To be
 * called last.
 *
 * @param keepsOthers whether images with other names stay in the layout.
 */
export async function nameImage(
  layout: string,
  entry: IndexEntry,
  names: readonly string[],
  keepsOthers: boolean,
): Promise<void> {
  const others = keepsOthers ? await otherEntries(layout, names) : [];
  const named = names.map((name) => ({ ...entry, annotations: { [refName]: name } }));
  await writeIndex(layout, [...named, ...others]);
}

/** None if the layout is new, or its index cannot be read: it is replaced then. */
async function otherEntries(layout: string, names: readonly string[]): Promise<IndexEntry[]> {
  const text = await readTextIfAny(join(layout, "index.json"));
  const { data } = namedEntries.safeParse(parseJson(text));
  return (data?.manifests ?? []).filter(
    ({ annotations }) => !names.includes(annotations?.[refName] ?? names[0] ?? ""),
  );
}

/** The annotation that holds the name of an entry of an index. */
export const refName = "org.opencontainers.image.ref.name";

/**
 * Reads an image of a layout: the one called `name`, or else the first. If that is an index, the image
 * for linux on `architecture` is taken from it.
 *
 * @throws BuildpackError `image/invalid` with the file that is wrong.
 */
export async function readImage(
  layout: string,
  { name, architecture }: { name?: string | undefined; architecture: string },
): Promise<Image> {
  const { document } = await readJson(join(layout, "index.json"), indexSchema);
  const { manifests } = document;
  const named = manifests.filter(({ annotations }) => !name || annotations?.[refName] === name);
  const entry = await findManifest(layout, named, architecture);
  if (!entry) {
    const wanted = name ? `\`${name}\` for linux/${architecture}` : `linux/${architecture}`;
    throw invalidImage(join(layout, "index.json"), `it lists no image ${wanted}`);
  }
  const manifest = await readBlob(layout, entry, manifestSchema);
  const config = await readBlob(layout, manifest.config, imageConfigSchema);
  const layers = await layersOf(layout, config, manifest.layers);
  // A tag alone, such as `latest`, does not say where the image comes from.
  const tag = entry.annotations?.[refName];
  const known = tag?.includes("/") ? { name: { image: tag } } : {};
  return { config, layers, reference: entry.digest, tag, ...known };
}

async function findManifest(
  layout: string,
  entries: readonly ManifestDescriptor[],
  architecture: string,
  // Indexes of a hostile layout may list each other.
  seen = new Set<string>(),
): Promise<ManifestDescriptor | undefined> {
  for (const entry of candidates(entries, architecture)) {
    if (manifestTypes.includes(entry.mediaType)) return entry;
    if (seen.has(entry.digest)) continue;
    seen.add(entry.digest);
    const { manifests } = await readBlob(layout, entry, indexSchema);
    const found = await findManifest(layout, manifests, architecture, seen);
    if (found) return found;
  }
  return undefined;
}

async function layersOf(
  layout: string,
  { rootfs }: ImageConfig,
  layers: readonly Descriptor[],
): Promise<LayerBlob[]> {
  if (rootfs.diff_ids.length !== layers.length) {
    throw invalidImage(layout, "its manifest and its config do not list the same number of layers");
  }
  const blobs = layers.map(({ mediaType, digest, size }, index) => ({
    ...{ mediaType: ociTypeOf(mediaType), digest, size },
    diffId: rootfs.diff_ids[index] ?? "",
    path: blobPath(join(layout, "blobs"), digest),
  }));
  for (const { path, size } of blobs) await checkLayer(path, size);
  return blobs;
}

/** A link could lead to any file of this machine. */
async function checkLayer(path: string, size: number): Promise<void> {
  const entry = await lstatIfAny(path);
  if (!entry) throw invalidImage(path, "there is no such file");
  if (!entry.isFile()) throw invalidImage(path, "it is not a regular file");
  if (entry.size !== size)
    throw invalidImage(path, `it has ${entry.size} bytes instead of ${size}`);
}

/** The OCI media type for Docker's type of a layer. */
function ociTypeOf(mediaType: string): string {
  return mediaType.endsWith(".tar.gzip") ? mediaTypes.layer : mediaType;
}

async function openLayout(layout: string): Promise<string> {
  const blobs = join(layout, "blobs");
  await mkdir(join(blobs, "sha256"), { recursive: true });
  await writeFile(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  return blobs;
}

async function placeBlob({ path, digest, size }: LayerBlob, blobs: string): Promise<void> {
  const destination = blobPath(blobs, digest);
  if ((await statIfAny(destination))?.size === size) return;
  await mkdir(dirname(destination), { recursive: true });
  await link(path, destination).catch(
    async () => await copyFile(path, destination, constants.COPYFILE_FICLONE),
  );
}

async function readBlob<S extends z.ZodType>(
  layout: string,
  { digest }: Descriptor,
  schema: S,
): Promise<z.output<S>> {
  const path = blobPath(join(layout, "blobs"), digest);
  const { bytes, document } = await readJson(path, schema);
  if (digestOf([bytes]) === digest) return document;
  throw invalidImage(path, "its content does not have the digest that it is named for");
}

async function readJson<S extends z.ZodType>(path: string, schema: S) {
  try {
    const { size } = await stat(path);
    if (size > mostJsonBytes) throw new Error(`it has ${size} bytes, which is too much for JSON`);
    const bytes = await readFile(path);
    return { bytes, document: schema.parse(JSON.parse(bytes.toString("utf8"))) };
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : problemOf(error);
    throw invalidImage(path, problem);
  }
}

/** Registries refuse manifests above 4 MiB. */
const mostJsonBytes = 32 * 2 ** 20;

function problemOf(error: unknown): string {
  const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
  return missing ? "there is no such file" : (error as Error).message;
}
