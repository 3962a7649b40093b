import { mkdir } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import * as z from "zod";
import { escapeId } from "../../cnb/names.ts";
import { BuildpackError } from "../../failure.ts";
import type { LayerBlob } from "../../oci/blob.ts";
import { envOf, type Image, invalidImage } from "../../oci/image.ts";
import { unpackTree } from "../../oci/unpack-tree.ts";
import { lstatIfAny, removeTree } from "../../system/files.ts";
import { isDirectoryInside, lookInside, moveOutOf } from "../../system/inside/open-inside.ts";
import { parseJson } from "../../system/parse-json.ts";
import { decodeLifecycleMetadata, type LifecycleMetadata } from "../state/lifecycle-metadata.ts";
import { openState } from "../state/state.ts";
import { type BuildPlace, metadataLabel, storedLayerPath } from "../state/stored-build.ts";
import { type CacheImage, readCacheImage } from "./cache-image.ts";

/** The images of an earlier build: that of the app, and the one that keeps the cache. */
export interface EarlierImages {
  image?: Image | undefined;
  cache?: Image | undefined;
}

/** Which of them were adopted. */
export interface Adopted {
  image: boolean;
  cache: boolean;
}

/**
 * Makes the images of an earlier build the previous build of a state directory that has none. The next build then finds
 * what a lifecycle finds. An image that no platform has built is ignored, and so is a cache of a build that ran at
 * other paths than the app's image.
 *
 * @throws BuildpackError `image/invalid` if a layer is damaged; nothing is adopted then.
 */
export async function adoptImages(state: string, earlier: EarlierImages): Promise<Adopted> {
  const image = earlier.image && readAppImage(earlier.image);
  const cache = cacheFor(image, earlier.cache);
  const inside = image?.inside ?? cache?.inside;
  const nothing = { image: false, cache: false };
  if (!inside) return nothing;
  const open = await openState(state);
  try {
    if (open.previous) return nothing;
    await mkdir(join(open.staged, "image/app"), { recursive: true });
    if (image) await unpackImage(image, open.staged);
    if (cache) await unpackCache(cache, open.staged);
    await open.commit({
      inside,
      platformApi: image?.platformApi ?? "",
      labels: image?.labels ?? {},
      image: image?.metadata ?? { buildpacks: [] },
      cache: cache?.metadata ?? { buildpacks: [] },
    });
    return { image: image !== undefined, cache: cache !== undefined };
  } finally {
    await open.close();
  }
}

interface AppImage {
  inside: BuildPlace;
  platformApi: string;
  labels: Record<string, string>;
  metadata: LifecycleMetadata;
  /** The layers above the run image. */
  own: readonly LayerBlob[];
}

function readAppImage({ config, layers }: Image): AppImage | undefined {
  const labels = config.config.Labels ?? {};
  const inside = {
    app: envOf(config, "CNB_APP_DIR") ?? "",
    layers: envOf(config, "CNB_LAYERS_DIR") ?? "",
  };
  const parsed = runImageLabel.safeParse(parseJson(labels[metadataLabel]));
  if (!isPlainPlace(inside) || !parsed.success) return undefined;
  // The label names the last layer of the run image.
  const top = config.rootfs.diff_ids.indexOf(parsed.data.runImage.topLayer);
  if (top === -1) return undefined;
  return {
    inside,
    platformApi: envOf(config, "CNB_PLATFORM_API") ?? "",
    labels,
    metadata: decodeLifecycleMetadata(labels[metadataLabel]),
    own: layers.slice(top + 1),
  };
}

const runImageLabel = z.object({ runImage: z.object({ topLayer: z.string() }) });

function cacheFor(image: AppImage | undefined, kept: Image | undefined): CacheImage | undefined {
  const cache = kept && readCacheImage(kept);
  if (!cache || !isPlainPlace(cache.inside)) return undefined;
  return image && image.inside.layers !== cache.inside.layers ? undefined : cache;
}

/** Whether the paths of an image name places below its root, and no others. */
function isPlainPlace({ app, layers }: BuildPlace): boolean {
  return [app, layers].every((path) => path.length > 1 && posix.resolve("/", path) === path);
}

async function unpackImage({ inside, own }: AppImage, staged: string): Promise<void> {
  await withUnpacked(own, staged, async (root) => {
    await removeTree(join(staged, "image/app"));
    await moveIn(root, inside.app, join(staged, "image/app"));
    await moveIn(root, inside.layers, join(staged, "image/layers"));
  });
}

/** Layers that the app's image has are not unpacked twice. */
async function unpackCache(cache: CacheImage, staged: string): Promise<void> {
  const wanted: { layer: LayerBlob; from: string; to: string }[] = [];
  for (const { key, layers } of cache.metadata.buildpacks) {
    for (const [name, stored] of Object.entries(layers)) {
      const to = storedLayerPath({ path: staged }, key, name, stored);
      const layer = cache.layer(stored.sha);
      if (!layer || (await lstatIfAny(to))) continue;
      wanted.push({ layer, from: join(cache.inside.layers, escapeId(key), name), to });
    }
  }
  const sboms = cache.sboms ? [cache.sboms.layer] : [];
  await withUnpacked([...wanted.map(({ layer }) => layer), ...sboms], staged, async (root) => {
    for (const { from, to } of wanted) {
      // A layer may be a single file, too.
      if (await lookInside(root, from)) await moveOutOf(root, from, to);
      else await mkdir(to, { recursive: true });
    }
    if (cache.sboms) await moveIn(root, cache.sboms.path, join(staged, "cache/sbom"));
  });
}

async function withUnpacked(
  layers: readonly LayerBlob[],
  staged: string,
  work: (root: string) => Promise<void>,
): Promise<void> {
  const [first] = layers;
  if (!first) return;
  const root = join(staged, "unpacked");
  const archives = layers.map(({ path }) => path);
  await unpackTree(archives, root, { pipes: true }).catch((error: Error) => {
    if (error instanceof BuildpackError) throw error;
    // `<layout>/blobs/sha256/<digest>`
    const path = dirname(dirname(dirname(first.path)));
    throw invalidImage(path, error.message);
  });
  await work(root);
  await removeTree(root);
}

async function moveIn(root: string, path: string, to: string): Promise<void> {
  if (await isDirectoryInside(root, path)) await moveOutOf(root, path, to);
  else await mkdir(to, { recursive: true });
}
