import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, type LayerBlob } from "../../oci/blob.ts";
import { writeDockerArchive } from "../../oci/docker-archive.ts";
import { loadIntoEngine } from "../../oci/docker-engine.ts";
import type { Image } from "../../oci/image.ts";
import { type IndexEntry, nameImage, readImage, writeImage, writeIndex } from "../../oci/layout.ts";
import type { PushResult } from "../../oci/registry/push-image.ts";
import { BuildpackError } from "../../failure.ts";
import type { StoredBuild } from "../state/stored-build.ts";
import type { ProjectMetadata } from "../../cnb/project-metadata.ts";
import { imageTimeText } from "../../system/image-time.ts";
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
  /** Further places and names for the same image. */
  tags?: readonly ImageLocation[];
  /** The name of the image in an engine. */
  name: string;
  /** The process that the image starts, instead of the buildpacks' default. */
  defaultProcess?: string | undefined;
  /** The time of creation in RFC 3339; without it, the same for all images. */
  created?: string;
  /** Where the app comes from. */
  projectMetadata?: ProjectMetadata;
  /** An image layout that keeps the last image, so that unchanged layers are not compressed again. */
  work: string;
  world: ImageWorld;
}

/** An image that was exported. */
export interface ExportedImage {
  /** The digest of its manifest. */
  digest: string;
  layers: ExportedLayer[];
  /** The compressed size of the layers that the last image did not have, and of those that it had, in bytes. */
  newBytes: number;
  reusedBytes: number;
  /** What a registry was sent. */
  pushed?: PushResult;
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
  const { entry, pushed } = await publish(await imageOf(parts, request), request);
  const layers = layersOf(parts).map(({ layer: { diffId, digest, size }, history }) => {
    return { name: history, diffId, digest, bytes: size, reused: known.has(diffId) };
  });
  const bytesOf = (reused: boolean) =>
    layers.reduce((sum, layer) => sum + (layer.reused === reused ? layer.bytes : 0), 0);
  return {
    digest: entry.digest,
    ...(pushed ? { pushed } : {}),
    layers,
    newBytes: bytesOf(false),
    reusedBytes: bytesOf(true),
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

/** The layers of the image in a layout; none if it has no image that can be read. */
export async function layersIn(
  layout: string,
  architecture: string,
): Promise<readonly LayerBlob[]> {
  try {
    return (await readImage(layout, { architecture })).layers;
  } catch (error) {
    if (error instanceof BuildpackError) return [];
    throw error;
  }
}

async function imageOf(parts: ImageParts, request: ExportRequest): Promise<Image> {
  const { build, runImage, launcher } = request;
  const { created = imageTimeText, projectMetadata = {} } = request;
  const config = configOf({
    ...{ build, runImage, parts, launcherVersion: launcher.version, created, projectMetadata },
    defaultProcess: await defaultProcessOf(request),
  });
  const added = layersOf(parts).map(({ layer }) => layer);
  return { config, layers: [...runImage.layers, ...added] };
}

async function defaultProcessOf({
  build,
  defaultProcess,
}: ExportRequest): Promise<string | undefined> {
  const launch = await readLaunch(build);
  if (defaultProcess === undefined) return launch["buildpack-default-process-type"];
  const known = launch.processes.map(({ type }): string => type);
  if (known.includes(defaultProcess)) return defaultProcess;
  throw new BuildpackError({ code: "image/process-unknown", process: defaultProcess, known });
}

/** Keeps an image in its layout in the state directory, in place of the last one, and delivers it. */
export async function publish(
  image: Image,
  request: DeliveryRequest,
): Promise<{ entry: IndexEntry; pushed: PushResult | undefined }> {
  const { work } = request;
  const entry = await writeImage(work, image);
  await writeIndex(work, [entry]);
  const pushed = await deliver(image, entry, request);
  await forgetOtherBlobs(work, image, entry.digest);
  return { entry, pushed };
}

/**
 * Writes an image where the user wants it: first on this machine, then to registries.
 *
 * @returns what the first registry was sent.
 */
export async function deliver(
  image: Image,
  manifest: IndexEntry,
  { destination, tags = [], name, work: layout, world }: DeliveryRequest,
): Promise<PushResult | undefined> {
  const locations = [destination, ...tags];
  for (const [first, ...others] of byPlace(locations.filter(isLocal))) {
    const names = new Set([first, ...others].map((location) => nameIn(location, name)));
    await writeLocally(image, first, [...names], world);
  }
  const pushed: PushResult[] = [];
  for (const { reference } of locations.filter(isInRegistry)) {
    pushed.push(await push({ layout, manifest, reference }, world));
  }
  return pushed[0];
}

export type DeliveryRequest = Pick<
  ExportRequest,
  "destination" | "tags" | "name" | "work" | "world"
>;

type InRegistry = Extract<ImageLocation, { kind: "registry" }>;
type Local = Exclude<ImageLocation, InRegistry>;

function isInRegistry(location: ImageLocation): location is InRegistry {
  return location.kind === "registry";
}

function isLocal(location: ImageLocation): location is Local {
  return location.kind !== "registry";
}

/** Names in one layout, archive or engine are written at once. */
function byPlace(locations: readonly Local[]): [Local, ...Local[]][] {
  const places = new Map<string, [Local, ...Local[]]>();
  for (const location of locations) {
    const place = location.kind === "docker-daemon" ? location.kind : location.path;
    const others = places.get(place);
    if (others) others.push(location);
    else places.set(place, [location]);
  }
  return [...places.values()];
}

/** A layout has tags, and an archive or engine has names. */
function nameIn(location: Local, imageName: string): string {
  return location.name ?? (location.kind === "oci" ? "latest" : imageName);
}

async function writeLocally(
  image: Image,
  location: Local,
  names: readonly string[],
  world: ImageWorld,
): Promise<void> {
  if (location.kind === "docker-daemon") await loadIntoEngine(image, names, world);
  else if (location.kind === "oci") await writeLayout(location, image, names);
  else await writeDockerArchive(location.path, image, names);
}

/** Without a tag, the directory is the image: it replaces what was there. With one, images of other tags stay. */
async function writeLayout(
  { path, name }: Local & { kind: "oci" | "docker-archive" },
  image: Image,
  tags: readonly string[],
): Promise<void> {
  await mkdir(path, { recursive: true });
  await nameImage(path, await writeImage(path, image), tags, name !== undefined);
}

/** The layout in the state directory keeps one image: blobs of earlier images are removed. */
async function forgetOtherBlobs(layout: string, image: Image, manifest: string): Promise<void> {
  const config = digestOf([Buffer.from(JSON.stringify(image.config))]);
  const kept = new Set([manifest, config, ...image.layers.map(({ digest }) => digest)]);
  const directory = join(layout, "blobs/sha256");
  for (const name of await readdir(directory)) {
    if (!kept.has(`sha256:${name}`)) await rm(join(directory, name));
  }
}
