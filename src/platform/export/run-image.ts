import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Target } from "../../cnb/target.ts";
import { BuildpackError } from "../../failure.ts";
import { type LayerBlob, writeLayer } from "../../oci/blob.ts";
import { readDockerArchive } from "../../oci/docker-archive.ts";
import { saveFromEngine } from "../../oci/docker-engine.ts";
import { type Image, invalidImage } from "../../oci/image.ts";
import { formatReference, type ImageReference } from "../../oci/registry/image-reference.ts";
import { readImage } from "../../oci/layout.ts";
import { tarOf, treeEntries } from "../../oci/tar.ts";
import type { TarEntry } from "../../oci/tar-header.ts";
import { isFile, readTextIfAny, writeAtomically } from "../../system/files.ts";
import { imageTimeText } from "../../system/image-time.ts";
import { fingerprintLayer } from "../state/layer-digest.ts";
import type { ImageLocation } from "./image-location.ts";
import { type ImageWorld, pull } from "./image-world.ts";
import * as z from "zod";
import { imagePath } from "../../system/search-path.ts";

/** The run image: an image, or a root file system to make it from. */
export type RunImageSource = { image: ImageLocation } | { root: string };

export interface RunImageRequest {
  source: RunImageSource;
  target: Target;
  /** The user of an image that is made from a root file system. */
  ids: { uid: number; gid: number };
  /** A directory that is kept, so that an unchanged root file system is packed only once. */
  work: string;
  world: ImageWorld;
}

/** @throws BuildpackError `image/*`. */
export async function openRunImage(request: RunImageRequest): Promise<Image> {
  const { source, target, work } = request;
  if ("root" in source) return await imageOfRoot(source.root, request);
  return await readImageAt(source.image, target.arch, join(work, "run-image"), request.world);
}

/**
 * Reads an image.
 *
 * @param work - a directory for what is unpacked or downloaded. Blobs in it are not downloaded again.
 * @throws BuildpackError `image/*`.
 */
export async function readImageAt(
  location: ImageLocation,
  architecture: string,
  work: string,
  world: ImageWorld,
): Promise<Image> {
  if (location.kind === "registry") {
    return await pullOrThrow(location.reference, { layout: work, architecture }, world);
  }
  if (location.kind === "docker-daemon") return await readFromEngine(location.name, work, world);
  const { path, name } = location;
  return location.kind === "oci"
    ? await readImage(path, { name, architecture })
    : await readArchive(path, name, work);
}

async function readArchive(path: string, name: string | undefined, work: string): Promise<Image> {
  await rm(work, { recursive: true, force: true });
  return await readDockerArchive(path, { name, work });
}

async function readFromEngine(name: string, work: string, world: ImageWorld): Promise<Image> {
  const archive = `${work}.tar`;
  try {
    await mkdir(dirname(archive), { recursive: true });
    if (await saveFromEngine(name, archive, world)) return await readArchive(archive, name, work);
    throw invalidImage(name, "the Docker engine has no image of this name");
  } finally {
    await rm(archive, { force: true });
  }
}

async function pullOrThrow(
  reference: ImageReference,
  request: { layout: string; architecture: string },
  world: ImageWorld,
): Promise<Image> {
  const image = await pull(reference, request, world);
  if (image) return { ...image, name: { image: formatReference(reference) } };
  throw invalidImage(formatReference(reference), "the registry has no image of this name");
}

/** Makes an image of one layer. The directories of the kernel are empty in it. */
async function imageOfRoot(root: string, request: RunImageRequest): Promise<Image> {
  const { target, ids } = request;
  const layer = await layerOfRoot(root, request);
  const labels = {
    "io.buildpacks.base.distro.name": target.distro?.name ?? "",
    "io.buildpacks.base.distro.version": target.distro?.version ?? "",
  };
  const config = {
    created: imageTimeText,
    architecture: target.arch,
    os: target.os,
    config: {
      User: `${ids.uid}:${ids.gid}`,
      Env: [`PATH=${imagePath}`],
      Labels: labels,
    },
    rootfs: { type: "layers" as const, diff_ids: [layer.diffId] },
    history: [{ created: imageTimeText, created_by: "Root file system" }],
  };
  return { config, layers: [layer] };
}

async function layerOfRoot(root: string, request: RunImageRequest): Promise<LayerBlob> {
  try {
    return await layerOfReadableRoot(root, request);
  } catch (error) {
    const { code, path = root } = error as NodeJS.ErrnoException;
    if (code !== "EACCES") throw error;
    throw new BuildpackError({ code: "image/root-unreadable", root, path }, { cause: error });
  }
}

async function layerOfReadableRoot(root: string, { work }: RunImageRequest): Promise<LayerBlob> {
  const { stamp } = fingerprintLayer(root);
  const record = join(work, "run-root.json");
  const known = rootRecord.safeParse(JSON.parse((await readTextIfAny(record)) ?? "null"));
  if (known.success && known.data.stamp === stamp && (await isFile(known.data.layer.path))) {
    return known.data.layer;
  }
  const layer = await writeLayer(join(work, "run-root"), tarOf(rootEntries(root)));
  await writeAtomically(record, JSON.stringify({ stamp, layer }));
  return layer;
}

const rootRecord = z.object({
  stamp: z.string(),
  layer: z.object({
    mediaType: z.string(),
    digest: z.string(),
    size: z.number(),
    diffId: z.string(),
    path: z.string(),
  }),
});

function* rootEntries(root: string): Generator<TarEntry> {
  for (const entry of treeEntries(root, "")) {
    if (!/^\/(proc|sys|dev)\//.test(entry.name.toString("latin1"))) yield entry;
  }
}
