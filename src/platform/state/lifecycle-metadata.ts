import * as z from "zod";
import type { LayerTypes } from "../../cnb/layers/layer-content-metadata.ts";
import { readTextIfAny } from "../../system/files.ts";
import { parseJson } from "../../system/parse-json.ts";

/** A layer as the image's label and the cache's metadata know it. */
export interface StoredLayer extends LayerTypes {
  sha: string;
  /** What `toJsonMetadata` made of the layer's metadata, a table as a rule; null where there are none. */
  data: unknown;
}

export interface BuildpackMetadata {
  key: string;
  version: string;
  layers: Record<string, StoredLayer>;
  store?: { metadata: unknown } | undefined;
}

/**
 * The label `io.buildpacks.lifecycle.metadata`, and the cache's file of the same shape, as far as
 * buildpacks are concerned: the layers of the image itself are known once it is exported.
 */
export interface LifecycleMetadata {
  buildpacks: BuildpackMetadata[];
}

const flag = z.boolean().optional().default(false);

const storedLayer = z.object({
  sha: z.string(),
  data: z
    .unknown()
    .optional()
    .transform((data) => data ?? null),
  launch: flag,
  build: flag,
  cache: flag,
});

/** Names become parts of paths, and anybody may have written the label: no name may lead to another directory. */
const name = z.string().regex(/^(?!\.{0,2}$)[^/\0]+$/);
const id = z.string().regex(/^(?!\.{0,2}$)[^\0]+$/);

const lifecycleMetadata = z.object({
  buildpacks: z.array(
    z.object({
      key: id,
      version: z.string(),
      layers: z
        .record(name, storedLayer)
        .nullish()
        .transform((layers) => layers ?? {}),
      store: z
        .object({ metadata: z.unknown().optional() })
        .nullish()
        .transform((store) => (store ? { metadata: store.metadata ?? null } : undefined)),
    }),
  ),
});

/** The metadata of a buildpack's layers; without layers if the buildpack is not in it. */
export function metadataOf(all: LifecycleMetadata, id: string): BuildpackMetadata {
  return all.buildpacks.find(({ key }) => key === id) ?? { key: id, version: "", layers: {} };
}

/** Metadata that cannot be parsed is ignored, as lifecycles do. */
export function decodeLifecycleMetadata(text: string | undefined): LifecycleMetadata {
  return lifecycleMetadata.safeParse(parseJson(text)).data ?? { buildpacks: [] };
}

export async function readLifecycleMetadata(path: string): Promise<LifecycleMetadata> {
  return decodeLifecycleMetadata(await readTextIfAny(path));
}
