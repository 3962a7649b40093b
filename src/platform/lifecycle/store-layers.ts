import { existsSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { LayerTypes } from "../../cnb/layers/layer-content-metadata.ts";
import { BuildpackError } from "../../failure.ts";
import { lstatIfAny } from "../../system/files.ts";
import { lookInside, moveOutOf, writeInside } from "../../system/inside/open-inside.ts";
import type { ReportedLayer } from "../report/build-report.ts";
import type { BuildpackOutputs } from "./buildpack-outputs.ts";
import type { LayerOutput } from "./layer-output.ts";
import { escapeId } from "../../cnb/names.ts";
import { isAtLeast } from "./platform-api.ts";
import { toJsonMetadata } from "./json-metadata.ts";
import { digestLayer, fingerprintLayer } from "../state/layer-digest.ts";
import {
  type BuildpackMetadata,
  type LifecycleMetadata,
  metadataOf,
  type StoredLayer,
} from "../state/lifecycle-metadata.ts";
import type { RestoredLayers } from "./restore.ts";
import {
  layersMode,
  type StoredBuild,
  storedLayerPath,
  storedLayersOf,
} from "../state/stored-build.ts";
import { discardTree, linkTree } from "../../system/tree.ts";
import { collectSboms } from "./collect-sboms.ts";

export interface StoreOptions {
  outputs: readonly BuildpackOutputs[];
  /** The directory of the staged build. */
  staged: string;
  previous: StoredBuild | undefined;
  restored: RestoredLayers;
  /** The path of the layers in the image; `ids` is their owner there. */
  inside: { layers: string };
  ids: { uid: number; gid: number };
  warn: (text: string) => void;
}

export interface StoredLayers {
  image: LifecycleMetadata;
  cache: LifecycleMetadata;
  report: ReportedLayer[];
}

/**
 * Moves layers into the staged build, as an exporter does: launch layers into the image, other cached
 * layers into the cache. A launch layer without contents is reused from the previous image. Nothing is
 * copied, and layers that the build did not change are not read.
 *
 * Spec: Platform Interface, exporter; Buildpack Interface, Layer Types.
 *
 * @throws BuildpackError `platform/store-failed` for a launch layer without contents, or with files that
 * the user of the build may not read.
 */
export async function storeLayers(options: StoreOptions): Promise<StoredLayers> {
  const image: LifecycleMetadata = { buildpacks: [] };
  const cache: LifecycleMetadata = { buildpacks: [] };
  const report: ReportedLayer[] = [];
  for (const output of options.outputs) {
    const { id: key, version } = output.buildpack;
    const inImage: BuildpackMetadata = { key, version, layers: {}, ...storeOf(output) };
    const inCache: BuildpackMetadata = { key, version, layers: {} };
    const mode = await layersMode(output.directory);
    const storing = { ...options, mode, isSame: await hasSameSurroundings(options, key, mode) };
    for (const [name, content] of output.layers) {
      const { stored, reported } = await storeLayer(storing, output, name, content);
      if (stored?.launch) inImage.layers[name] = stored;
      if (stored?.cache) inCache.layers[name] = stored;
      report.push(reported);
    }
    await keepMode(options.staged, key, mode);
    image.buildpacks.push(withSortedLayers(inImage));
    cache.buildpacks.push(withSortedLayers(inCache));
  }
  return { image, cache, report: [...report, ...removedLayers(options.previous, report)] };
}

/** Exports read the mode from there. */
async function keepMode(staged: string, buildpack: string, mode: number): Promise<void> {
  for (const directory of await storedLayersOf({ path: staged }, buildpack)) {
    await chmod(directory, mode);
  }
}

/** By their names, as labels have them. */
function withSortedLayers(metadata: BuildpackMetadata): BuildpackMetadata {
  const layers = Object.entries(metadata.layers).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...metadata, layers: Object.fromEntries(layers) };
}

/** With the mode of the directory of the buildpack's layers. */
interface Storing extends StoreOptions {
  mode: number;
  /** Whether a layer with the same contents has the same digest as in the previous build. */
  isSame: boolean;
}

interface Outcome {
  /** Undefined if the layer is not kept. */
  stored?: StoredLayer;
  reported: ReportedLayer;
}

async function storeLayer(
  options: Storing,
  output: BuildpackOutputs,
  name: string,
  content: LayerOutput,
): Promise<Outcome> {
  const { types } = content;
  const path = join(output.directory, name);
  const buildpack = output.buildpack.id;
  const temporary = { buildpack, name, types, fate: "temporary" } as const;
  if (!(await lookInside(output.directory, name))) {
    if (types.launch) return await reuseLayer(options, output, name, content);
    if (types.cache)
      options.warn(`layer ${buildpack}:${name} is not cached, because it has no contents`);
    return { reported: { ...temporary, bytes: 0 } };
  }
  if (!types.launch && !types.cache) {
    return { reported: { ...temporary, bytes: fingerprintLayer(path).bytes } };
  }
  // Moved before it is read, so that a process that the build left running cannot replace it.
  const kept = storedLayerPath({ path: options.staged }, buildpack, name, types);
  await moveOutOf(output.directory, name, kept);
  const refuse = (unreadable: string): never => {
    const what = unreadable === "" ? "is a file" : `contains \`${unreadable}\``;
    const problem = `it ${what}, which its owner has no permission to read`;
    throw storeFailed(buildpack, name, problem);
  };
  // Root may read everything.
  const { stamp, bytes } = fingerprintLayer(kept, options.ids.uid === 0 ? undefined : refuse);
  const restored = options.isSame ? options.restored.get(path) : undefined;
  const sha = restored?.stamp === stamp ? restored.sha : digestIn(options, buildpack, name, kept);
  const before = shaBefore(options.previous, buildpack, name);
  const fate = before === undefined ? "created" : before === sha ? "reused" : "changed";
  return {
    stored: layerRecord(types, sha, jsonOf(output, name, content.metadata)),
    reported: { buildpack, name, types, bytes, fate },
  };
}

async function reuseLayer(
  options: Storing,
  output: BuildpackOutputs,
  name: string,
  { types, metadata }: LayerOutput,
): Promise<Outcome> {
  const { previous, staged } = options;
  const buildpack = output.buildpack.id;
  if (types.cache) throw storeFailed(buildpack, name, "it is cached but has no contents");
  const before = previous && metadataOf(previous.image, buildpack).layers[name];
  const from = previous && storedLayerPath(previous, buildpack, name, { launch: true });
  if (!before || !from || !(await lstatIfAny(from))) {
    throw storeFailed(buildpack, name, "it has no contents, and no previous build has any");
  }
  await linkTree(from, storedLayerPath({ path: staged }, buildpack, name, types));
  const { bytes } = fingerprintLayer(from);
  const sha = options.isSame ? before.sha : digestIn(options, buildpack, name, from);
  return {
    stored: layerRecord(types, sha, jsonOf(output, name, metadata)),
    reported: { buildpack, name, types, bytes, fate: "reused" },
  };
}

/** The order of the members is that of a lifecycle's label: it decides the bytes of the label. */
function layerRecord(
  { launch, build, cache }: LayerTypes,
  sha: string,
  data: unknown,
): StoredLayer {
  return { sha, data, build, launch, cache };
}

/** The digest of a layer covers the owner of its files, and the mode of the directory that it is in. */
async function hasSameSurroundings(
  { previous, ids }: StoreOptions,
  buildpack: string,
  mode: number,
): Promise<boolean> {
  if (previous?.ids?.uid !== ids.uid || previous.ids.gid !== ids.gid) return false;
  const directories = await storedLayersOf(previous, buildpack);
  const modes = await Promise.all(directories.map(layersMode));
  return modes.every((before) => before === mode);
}

function digestIn(
  { inside, ids, mode }: Storing,
  buildpack: string,
  name: string,
  directory: string,
): string {
  return digestLayer(directory, join(inside.layers, escapeId(buildpack), name), ids, mode);
}

function shaBefore(
  previous: StoredBuild | undefined,
  buildpack: string,
  name: string,
): string | undefined {
  if (!previous) return undefined;
  const { image, cache } = previous;
  const inImage = metadataOf(image, buildpack).layers[name];
  return (inImage ?? metadataOf(cache, buildpack).layers[name])?.sha;
}

function storeOf(output: BuildpackOutputs): { store?: { metadata: unknown } } {
  return output.store
    ? { store: { metadata: tableOrNull(jsonOf(output, "store", output.store.metadata)) } }
    : {};
}

/** A label keeps the metadata of a store only if it is a table. */
function tableOrNull(metadata: unknown): unknown {
  return typeof metadata === "object" && !Array.isArray(metadata) ? metadata : null;
}

function jsonOf({ buildpack }: BuildpackOutputs, layer: string, metadata: unknown): unknown {
  try {
    return toJsonMetadata(metadata) ?? null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw storeFailed(buildpack.id, layer, `in its metadata, ${error.message}`);
  }
}

function removedLayers(
  previous: StoredBuild | undefined,
  report: readonly ReportedLayer[],
): ReportedLayer[] {
  if (!previous) return [];
  const isKept = (buildpack: string, name: string) =>
    report.some((layer) => layer.buildpack === buildpack && layer.name === name);
  const removed = new Map<string, ReportedLayer>();
  for (const { key, layers } of [...previous.image.buildpacks, ...previous.cache.buildpacks]) {
    for (const [name, { launch, build, cache }] of Object.entries(layers)) {
      if (isKept(key, name)) continue;
      const types = { launch, build, cache };
      const bytes = bytesOf(storedLayerPath(previous, key, name, types));
      removed.set(`${key}:${name}`, { buildpack: key, name, types, bytes, fate: "removed" });
    }
  }
  return [...removed.values()];
}

function bytesOf(path: string): number {
  return existsSync(path) ? fingerprintLayer(path).bytes : 0;
}

function storeFailed(buildpack: string, layer: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/store-failed", buildpack, layer, problem });
}

/**
 * Stores the rest of the image and the cache: the app, SBOMs, and the configuration of the launcher. As in lifecycles,
 * other files that a build has left beside this configuration are part of the image.
 */
export async function storeRest(
  work: { app: string; layers: string },
  outputs: readonly BuildpackOutputs[],
  staged: string,
  { metadataToml, platformApi }: { metadataToml: string; platformApi: string },
): Promise<void> {
  await moveOutOf(dirname(work.app), basename(work.app), join(staged, "image/app"));
  const layers = join(staged, "image/layers");
  const config = join(layers, "config");
  await moveConfig(work.layers, config);
  await mkdir(config, { recursive: true });
  await discardTree(join(config, "metadata.toml"));
  await writeInside(layers, "config/metadata.toml", metadataToml);
  const sboms = {
    launch: join(staged, "image/layers/sbom/launch"),
    cache: join(staged, "cache/sbom"),
  };
  // Before Platform API 0.9, images have no layer of SBOMs.
  if (isAtLeast(platformApi, "0.9")) await collectSboms(sboms, outputs);
}

/** A file or a link in place of the directory counts for nothing. */
async function moveConfig(layers: string, to: string): Promise<void> {
  if (!(await lstatIfAny(join(layers, "config")))?.isDirectory()) return;
  await moveOutOf(layers, "config", to);
}
