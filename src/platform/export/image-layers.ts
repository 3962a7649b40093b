import { dirname, join } from "node:path";
import * as z from "zod";
import { readTomlInside } from "../../cnb/toml-file.ts";
import { digestOf, type LayerBlob, writeLayer } from "../../oci/blob.ts";
import { tarOf } from "../../oci/tar.ts";
import type { TarEntry } from "../../oci/tar-header.ts";
import { isDirectoryInside } from "../../system/inside/open-inside.ts";
import { escapeId } from "../../cnb/names.ts";
import { nameOf } from "../lifecycle/buildpack-store.ts";
import type { BuildpackMetadata } from "../state/lifecycle-metadata.ts";
import { layersMode, type StoredBuild, storedLayerPath } from "../state/stored-build.ts";
import type { ImageParts, NamedLayer } from "./image-config.ts";
import { type Launcher, launcherEntries, processTypeEntries } from "./launcher.ts";
import { layerArchive } from "../../oci/layer-archive.ts";
import { withLauncherSboms } from "./launcher-sboms.ts";
import { sliceArchive, splitApp } from "./slices.ts";

/** What making layers of a build needs. */
export interface LayerRequest {
  build: StoredBuild;
  ids: { uid: number; gid: number };
  /** Layers that exist already, by the digests of their uncompressed archives. */
  known: ReadonlyMap<string, LayerBlob>;
  /** The directory for the blobs of new layers. */
  blobs: string;
}

export interface PartsRequest extends LayerRequest {
  /** The mode of the app's directory. By default, it is that of the build. */
  appMode?: number | undefined;
  launcher: Launcher;
}

/** Makes the layers of an app's image from a build. Known layers are not compressed again. */
export async function makeParts(request: PartsRequest): Promise<ImageParts> {
  const { build, ids, launcher } = request;
  const { inside, layers } = build;
  const launch = await readLaunch(build);
  const make = async (history: string, entries: () => Iterable<TarEntry>) => ({
    layer: await layerOf(request, entries),
    history,
  });
  const tree = (name: string) => () =>
    layerArchive(join(layers, name), join(inside.layers, name), ids);
  const types = launch.processes.map(({ type }) => type);
  return {
    launch: await launchLayers(request),
    sbom: (await isDirectoryInside(layers, "sbom/launch"))
      ? await make("Software Bill-of-Materials", () => sbomEntries(request))
      : undefined,
    app: await appLayers(request, launch.slices),
    launcher: await make("Buildpacks Application Launcher", () => launcherEntries(launcher)),
    config: await make("Buildpacks Launcher Config", tree("config")),
    processTypes:
      types.length > 0
        ? await make("Buildpacks Process Types", () => processTypeEntries(types))
        : undefined,
  };
}

function sbomEntries({ build, ids, launcher }: PartsRequest): Iterable<TarEntry> {
  const path = join(build.inside.layers, "sbom/launch");
  const own = layerArchive(join(build.layers, "sbom/launch"), path, ids);
  return withLauncherSboms(own, path, launcher.sboms ?? new Map(), ids);
}

/** Reads `config/metadata.toml`, which describes the image for launchers. */
export async function readLaunch({ layers }: StoredBuild) {
  return await readTomlInside(layers, "config/metadata.toml", launchMetadata);
}

const launchMetadata = z.object({
  processes: z.array(z.object({ type: z.string() })).default([]),
  slices: z.array(z.object({ paths: z.array(z.string()).default([]) })).default([]),
  "buildpack-default-process-type": z.string().optional(),
});

/** In the order of the group, then sorted by name. */
async function launchLayers(request: PartsRequest): Promise<NamedLayer[]> {
  const made: NamedLayer[] = [];
  for (const buildpack of request.build.image.buildpacks) {
    for (const name of Object.keys(buildpack.layers).sort()) {
      const history = `Layer: '${name}', Created by buildpack: ${nameOf({ ...buildpack, id: buildpack.key })}`;
      made.push({ layer: await storedLayer(request, buildpack, name), history });
    }
  }
  return made;
}

/** A layer of a buildpack as a layer of an image. */
export async function storedLayer(
  { build, ids, known, blobs }: LayerRequest,
  { key, layers }: BuildpackMetadata,
  name: string,
): Promise<LayerBlob> {
  const { sha = "", launch = true } = layers[name] ?? {};
  const found = known.get(sha);
  if (found) return found;
  const directory = storedLayerPath(build, key, name, { launch });
  const path = join(build.inside.layers, escapeId(key), name);
  const mode = await layersMode(dirname(directory));
  const layer = await writeLayer(blobs, tarOf(layerArchive(directory, path, ids, mode)));
  if (layer.diffId === sha) return layer;
  throw new Error(`${key}:${name} is ${layer.diffId}, and was stored as ${sha}`);
}

async function appLayers(
  request: PartsRequest,
  slices: readonly { paths: readonly string[] }[],
): Promise<NamedLayer[]> {
  const { build, ids, appMode } = request;
  const parts = splitApp(build.app, slices);
  const made: NamedLayer[] = [];
  for (const [index, slice] of parts.entries()) {
    const entries = () => sliceArchive(build.app, build.inside.app, slice, { ...ids, appMode });
    const history = parts.length > 1 ? `Application Slice: ${index + 1}` : "Application Layer";
    made.push({ layer: await layerOf(request, entries), history });
  }
  return made;
}

/** Computes the digest first: if the image already has the layer, it need not be compressed. */
export async function layerOf(
  { known, blobs }: LayerRequest,
  entries: () => Iterable<TarEntry>,
): Promise<LayerBlob> {
  return known.get(digestOf(tarOf(entries()))) ?? (await writeLayer(blobs, tarOf(entries())));
}
