import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, type LayerBlob } from "../../oci/blob.ts";
import { writeDockerArchive } from "../../oci/docker-archive.ts";
import { loadIntoEngine } from "../../oci/docker-engine.ts";
import type { Image } from "../../oci/image.ts";
import { type IndexEntry, readImage, refName, writeImage, writeIndex } from "../../oci/layout.ts";
import type { PushResult } from "../../oci/registry/push-image.ts";
import { BuildpackError } from "../../failure.ts";
import type { BuildReport } from "../lifecycle/build-report.ts";
import type { StoredBuild } from "../state/stored-build.ts";
import { configOf, type ImageParts, layersOf } from "./image-config.ts";
import { makeParts, readLaunch } from "./image-layers.ts";
import type { ImageLocation } from "./image-location.ts";
import { type ImageWorld, push } from "./image-world.ts";
import type { Launcher } from "./launcher.ts";

export interface ExportRequest {
  build: StoredBuild;
  ids: { uid: number; gid: number };
  /** The mode of the app's directory in the image. By default, it is that of the build. */
  appMode?: number;
  runImage: Image;
  launcher: Launcher;
  destination: ImageLocation;
  /** The name of the image in an engine. */
  name: string;
  /** An image layout that keeps the last image, so that unchanged layers are not compressed again. */
  work: string;
  world: ImageWorld;
}

/** An image that was exported. */
export interface ExportedImage {
  /** The digest of its manifest. */
  digest: string;
  layers: ExportedLayer[];
  /** What a registry was sent. */
  pushed?: PushResult;
}

/** What `--report` writes: the build, and the image if one was exported. */
export interface ReportWithImage extends BuildReport {
  image?: ExportedImage;
}

export interface ExportedLayer {
  /** Its description in the image's history. */
  name: string;
  diffId: string;
  digest: string;
  bytes: number;
  /** Whether the last image had this layer. */
  reused: boolean;
}

/**
 * Exports a build as a lifecycle's exporter does: the run image, launch layers, SBOMs, slices of the app,
 * the launcher, its config and process types, with the labels that platforms read. The same build gives
 * the same digest.
 *
 * Spec: Platform Interface, exporter.
 *
 * @throws BuildpackError `image/*`, `platform/launch-failed`, `system/*`.
 */
export async function exportImage(request: ExportRequest): Promise<ExportedImage> {
  const { build, ids, appMode, launcher, work } = request;
  await mkdir(work, { recursive: true });
  const last = await lastLayers(request);
  const known = new Map(last.map((layer) => [layer.diffId, layer] as const));
  const parts = await makeParts({
    build,
    ids,
    appMode,
    launcher,
    known,
    blobs: join(work, "blobs"),
  });
  const image = await imageOf(parts, request);
  const entry = await writeImage(work, image);
  await writeIndex(work, [entry]);
  const pushed = await deliver(image, entry, request);
  await forgetOtherBlobs(work, image, entry.digest);
  return {
    digest: entry.digest,
    ...(pushed ? { pushed } : {}),
    layers: layersOf(parts).map(({ layer: { diffId, digest, size }, history }) => {
      return { name: history, diffId, digest, bytes: size, reused: known.has(diffId) };
    }),
  };
}

/** The layers of the last exported image, or else of the image that is to be replaced. */
async function lastLayers({
  work,
  destination,
  runImage,
}: ExportRequest): Promise<readonly LayerBlob[]> {
  const { architecture } = runImage.config;
  const last = await layersIn(work, architecture);
  if (last.length > 0 || destination.kind !== "oci") return last;
  return await layersIn(destination.path, architecture);
}

async function layersIn(layout: string, architecture: string): Promise<readonly LayerBlob[]> {
  try {
    return (await readImage(layout, { architecture })).layers;
  } catch (error) {
    if (error instanceof BuildpackError) return [];
    throw error;
  }
}

async function imageOf(parts: ImageParts, request: ExportRequest): Promise<Image> {
  const { build, runImage, launcher } = request;
  const launch = await readLaunch(build);
  const config = configOf({
    ...{ build, runImage, parts, launcherVersion: launcher.version },
    defaultProcess: launch["buildpack-default-process-type"],
  });
  const added = layersOf(parts).map(({ layer }) => layer);
  return { config, layers: [...runImage.layers, ...added] };
}

/**
 * Writes an image where the user wants it.
 *
 * @returns what a registry was sent.
 */
export async function deliver(
  image: Image,
  manifest: IndexEntry,
  {
    destination,
    name,
    work,
    world,
  }: Pick<ExportRequest, "destination" | "name" | "work" | "world">,
): Promise<PushResult | undefined> {
  if (destination.kind === "registry") {
    return await push({ layout: work, manifest, reference: destination.reference }, world);
  }
  if (destination.kind === "docker-daemon") await loadIntoEngine(image, [name], world);
  else if (destination.kind === "oci") {
    await writeLayout(destination.path, image, destination.name ?? "latest");
  } else await writeDockerArchive(destination.path, image, [name]);
  return undefined;
}

async function writeLayout(path: string, image: Image, tag: string): Promise<void> {
  await mkdir(path, { recursive: true });
  const entry = await writeImage(path, image);
  await writeIndex(path, [{ ...entry, annotations: { [refName]: tag } }]);
}

/** The layout in the state folder keeps one image: blobs of earlier images are removed. */
async function forgetOtherBlobs(layout: string, image: Image, manifest: string): Promise<void> {
  const config = digestOf([Buffer.from(JSON.stringify(image.config))]);
  const kept = new Set([manifest, config, ...image.layers.map(({ digest }) => digest)]);
  const directory = join(layout, "blobs/sha256");
  for (const name of await readdir(directory)) {
    if (!kept.has(`sha256:${name}`)) await rm(join(directory, name));
  }
}
