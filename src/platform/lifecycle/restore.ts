import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Ids } from "../sandbox/sandbox.ts";
import { isDirectory, lstatIfAny } from "../../system/files.ts";
import { copyOutOf, listInside } from "../../system/inside/open-inside.ts";
import type { BuildOptions } from "./build-options.ts";
import { escapeId } from "../../cnb/names.ts";
import type { Buildpack } from "./buildpack-store.ts";
import { lifecycleToml, sortKeys } from "./lifecycle-toml.ts";
import { fingerprintLayer } from "../state/layer-digest.ts";
import {
  type BuildpackMetadata,
  metadataOf,
  type StoredLayer,
} from "../state/lifecycle-metadata.ts";
import { isAtLeast, type PlatformApi } from "./platform-api.ts";
import { type StoredBuild, storedLayerPath } from "../state/stored-build.ts";
import { copyTree } from "../../system/tree.ts";
import { giveTo } from "../sandbox/owner.ts";

export interface RestoreOptions extends Pick<
  BuildOptions,
  "platformApi" | "clearCache" | "printer"
> {
  group: readonly Buildpack[];
  layersDirectory: string;
  previous: StoredBuild;
  owner: Ids | undefined;
  onStep: NonNullable<BuildOptions["onStep"]>;
}

/** The layers that a build starts with: path, stamp (see `fingerprintLayer`) and digest of each. */
export type RestoredLayers = ReadonlyMap<string, { stamp: string; sha: string }>;

/**
 * Restores what the previous build kept for the buildpacks of the group: always `store.toml`, the metadata
 * of layers that the image or the cache has, and the contents of cached layers. With `clearCache` only
 * `store.toml`.
 *
 * Image and cache are replaced together, so both have the same digest for a layer. If they differ,
 * somebody has changed one of them, and the layer is dropped, as lifecycles do.
 *
 * Spec: Platform Interface, restorer; Buildpack Interface, Layer Types.
 */
export async function restore(options: RestoreOptions): Promise<RestoredLayers> {
  const wanted: Contents[] = [];
  for (const buildpack of options.group) {
    wanted.push(...(await restoreMetadata(options, buildpack.id)));
  }
  if (!options.clearCache) await restoreSboms(options);
  options.onStep("metadata restored");
  const restored = await restoreAllContents(options, wanted);
  options.onStep("layers restored");
  return restored;
}

/** The contents of a layer to restore: where they are kept, and where they go. */
interface Contents {
  identifier: string;
  from: string;
  to: string;
  sha: string;
}

async function restoreMetadata(options: RestoreOptions, id: string): Promise<Contents[]> {
  const { previous, clearCache } = options;
  const image = metadataOf(previous.image, id);
  const cache = metadataOf(previous.cache, id);
  const directory = join(options.layersDirectory, escapeId(id));
  if (image.store) await writeMetadata(directory, "store", image.store.metadata);
  if (clearCache) return [];
  const layers = layersToRestore(image, cache, options.platformApi);
  for (const [name, layer] of layers) await writeMetadata(directory, name, layer.data);
  const contents = await Promise.all(
    [...layers].map(async ([name, layer]) => {
      const cached = cache.layers[name];
      if (!cached?.cache) return [];
      const toml = join(directory, `${name}.toml`);
      if (layer.sha !== cached.sha) return await forgetLayer(toml);
      const from = storedLayerPath(previous, id, name, cached);
      return [{ identifier: `${id}:${name}`, from, to: join(directory, name), sha: cached.sha }];
    }),
  );
  return contents.flat();
}

/**
 * Chooses the layers whose metadata is restored. Launch layers take it from the image, unless their
 * contents should be cached but are not. Other layers take it from the cache. Since Platform API 0.14,
 * launch layers that the image does not have take it from the cache too.
 */
function layersToRestore(
  image: BuildpackMetadata,
  cache: BuildpackMetadata,
  platformApi: PlatformApi,
): Map<string, StoredLayer> {
  const layers = new Map<string, StoredLayer>();
  for (const [name, layer] of Object.entries(image.layers)) {
    if (!layer.launch || (layer.build && !layer.cache)) continue;
    if (layer.cache && !cache.layers[name]?.cache) continue;
    layers.set(name, layer);
  }
  for (const [name, layer] of Object.entries(cache.layers)) {
    if (!layer.cache) continue;
    const isTheImages = layer.launch && (name in image.layers || !isAtLeast(platformApi, "0.14"));
    if (!isTheImages) layers.set(name, layer);
  }
  return layers;
}

async function writeMetadata(directory: string, name: string, metadata: unknown): Promise<void> {
  await mkdir(directory, { recursive: true });
  // JSON does not say which numbers were integers: all come back as floats, as from lifecycles.
  const text = lifecycleToml({ metadata: sortKeys(metadata) });
  await writeFile(join(directory, `${name}.toml`), text);
}

async function forgetLayer(toml: string): Promise<Contents[]> {
  await rm(toml);
  return [];
}

/** Copies, because buildpacks may write into these layers and the previous build must not change. */
async function restoreAllContents(
  options: RestoreOptions,
  contents: readonly Contents[],
): Promise<RestoredLayers> {
  const { layersDirectory, owner, printer } = options;
  const present: Contents[] = [];
  for (const one of contents) {
    if (await lstatIfAny(one.from)) present.push(one);
    else
      printer.plain(
        `Warning: layer ${one.identifier} is not restored, because its contents are missing`,
      );
  }
  const copyAll = async () => await Promise.all(present.map(({ from, to }) => copyTree(from, to)));
  if (present.length > 0) {
    const names = present.map(({ identifier }) => `\`${identifier}\``).join(", ");
    await printer.section("Restore", (section) =>
      section.timed(`Restoring layers ${names}`, copyAll),
    );
  }
  await giveTo(owner, layersDirectory);
  return new Map(
    present.map(({ to, sha }) => [to, { stamp: fingerprintLayer(to).stamp, sha }] as const),
  );
}

/** Restores the SBOMs of layers. Those of a whole buildpack are written again by each build. */
async function restoreSboms({ previous, layersDirectory }: RestoreOptions): Promise<void> {
  for (const kept of [join(previous.layers, "sbom/launch"), join(previous.path, "cache/sbom")]) {
    for (const buildpack of await directoriesIn(kept, "")) {
      const destination = join(layersDirectory, buildpack);
      if (!(await isDirectory(destination))) continue;
      for (const layer of await directoriesIn(kept, buildpack)) {
        for (const { name } of await listInside(kept, join(buildpack, layer))) {
          const path = join(buildpack, layer, name);
          await copyOutOf(kept, path, join(destination, `${layer}.${name}`));
        }
      }
    }
  }
}

async function directoriesIn(root: string, path: string): Promise<string[]> {
  const entries = await listInside(root, path);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
