import { join } from "node:path";
import * as z from "zod";
import type { LayerBlob } from "../../oci/blob.ts";
import { envOf, type Image, type ImageConfig } from "../../oci/image.ts";
import { layerArchive } from "../../oci/layer-archive.ts";
import { imageTimeText } from "../../system/image-time.ts";
import { isDirectoryInside } from "../../system/inside/open-inside.ts";
import { parseJson } from "../../system/parse-json.ts";
import { labelJson } from "../state/label-json.ts";
import { decodeLifecycleMetadata, type LifecycleMetadata } from "../state/lifecycle-metadata.ts";
import type { BuildPlace } from "../state/stored-build.ts";
import { layerOf, type LayerRequest, storedLayer } from "./image-layers.ts";

/** The label of a cache image that lists its layers, as lifecycles write it. */
const cacheLabel = "io.buildpacks.lifecycle.cache.metadata";

/**
 * Makes the image that keeps a build's cache: one layer for each cached layer, and one for their SBOMs, at the paths
 * that they have in a build. A lifecycle can read it, and `readCacheImage` reads one that a lifecycle made.
 *
 * @returns undefined if nothing is cached.
 */
export async function makeCacheImage(
  request: LayerRequest,
  architecture: string,
): Promise<Image | undefined> {
  const { build } = request;
  const layers: LayerBlob[] = [];
  for (const buildpack of build.cache.buildpacks) {
    for (const name of Object.keys(buildpack.layers)) {
      layers.push(await storedLayer(request, buildpack, name));
    }
  }
  if (layers.length === 0) return undefined;
  const sbom = await sbomLayer(request);
  const own = sbom ? [...layers, sbom] : layers;
  const label = { ...(sbom && { sbom: { sha: sbom.diffId } }), ...build.cache };
  return { config: configOf(build.inside, { own, label, architecture }), layers: own };
}

async function sbomLayer(request: LayerRequest): Promise<LayerBlob | undefined> {
  const { build, ids } = request;
  if (!(await isDirectoryInside(build.path, "cache/sbom"))) return undefined;
  const path = join(build.inside.layers, sbomPath);
  return await layerOf(request, () => layerArchive(join(build.path, "cache/sbom"), path, ids));
}

const sbomPath = "sbom/cache";

function configOf(
  { app, layers }: BuildPlace,
  { own, label, architecture }: { own: LayerBlob[]; label: object; architecture: string },
): ImageConfig {
  return {
    created: imageTimeText,
    architecture,
    os: "linux",
    config: {
      Env: [`CNB_LAYERS_DIR=${layers}`, `CNB_APP_DIR=${app}`],
      Labels: { [cacheLabel]: labelJson(label) },
    },
    rootfs: { type: "layers", diff_ids: own.map(({ diffId }) => diffId) },
    history: own.map(() => ({ created: imageTimeText })),
  };
}

/** The cache that an image keeps. */
export interface CacheImage {
  metadata: LifecycleMetadata;
  /** Where the build ran. Lifecycles do not say it: their layers are in `/layers`. */
  inside: BuildPlace;
  /** The layer of this digest, if the image has it. */
  layer: (sha: string) => LayerBlob | undefined;
  /** The SBOMs of cached layers: their layer, and its directory in the image. */
  sboms: { layer: LayerBlob; path: string } | undefined;
}

/** @returns undefined for an image that keeps no cache. */
export function readCacheImage({ config, layers }: Image): CacheImage | undefined {
  const label = config.config.Labels?.[cacheLabel];
  if (label === undefined) return undefined;
  const inside = {
    app: envOf(config, "CNB_APP_DIR") ?? "/workspace",
    layers: envOf(config, "CNB_LAYERS_DIR") ?? "/layers",
  };
  const layer = (sha: string) => layers.find(({ diffId }) => diffId === sha);
  const sboms = layer(sbomLabel.safeParse(parseJson(label)).data?.sbom.sha ?? "");
  return {
    metadata: decodeLifecycleMetadata(label),
    inside,
    layer,
    sboms: sboms && { layer: sboms, path: join(inside.layers, sbomPath) },
  };
}

const sbomLabel = z.object({ sbom: z.object({ sha: z.string() }) });
