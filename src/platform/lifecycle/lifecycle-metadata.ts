import * as z from "zod";
import type { LayerTypes } from "../../cnb/layer-content-metadata.ts";
import { readTextIfAny } from "../../system/files.ts";

/** A layer as the image's label and the cache's metadata know it. `data` went through JSON. */
export interface StoredLayer extends LayerTypes {
  sha: string;
  data: Record<string, unknown>;
}

export interface BuildpackMetadata {
  key: string;
  version: string;
  layers: Record<string, StoredLayer>;
  store?: { metadata: Record<string, unknown> } | undefined;
}

/**
 * The label `io.buildpacks.lifecycle.metadata`, and the cache's file of the same shape, as far as
 * buildpacks are concerned: the layers of the image itself are known once it is exported.
 */
export interface LifecycleMetadata {
  buildpacks: BuildpackMetadata[];
}

const metadata = z.record(z.string(), z.unknown());
const flag = z.boolean().optional().default(false);

const storedLayer = z.object({
  sha: z.string(),
  data: metadata.nullish().transform((data) => data ?? {}),
  launch: flag,
  build: flag,
  cache: flag,
});

const lifecycleMetadata = z.object({
  buildpacks: z.array(
    z.object({
      key: z.string(),
      version: z.string(),
      layers: z.record(z.string(), storedLayer),
      store: z.object({ metadata }).optional(),
    }),
  ),
});

/** What was known of a buildpack's layers; nothing where it was not there. */
export function metadataOf(all: LifecycleMetadata, id: string): BuildpackMetadata {
  return all.buildpacks.find(({ key }) => key === id) ?? { key: id, version: "", layers: {} };
}

/** Metadata that cannot be understood is as good as none: lifecycles build on without it. */
export function decodeLifecycleMetadata(text: string | undefined): LifecycleMetadata {
  try {
    return lifecycleMetadata.parse(JSON.parse(text ?? ""));
  } catch {
    return { buildpacks: [] };
  }
}

export async function readLifecycleMetadata(path: string): Promise<LifecycleMetadata> {
  return decodeLifecycleMetadata(await readTextIfAny(path));
}
