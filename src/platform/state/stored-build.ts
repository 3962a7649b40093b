import { readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import * as z from "zod";
import { readTextIfAny } from "../../system/files.ts";
import { escapeId } from "../../cnb/names.ts";
import {
  decodeLifecycleMetadata,
  type LifecycleMetadata,
  readLifecycleMetadata,
} from "./lifecycle-metadata.ts";

/**
 * What a successful build left: what its image would hold, and its cache.
 *
 *     image/app                         the app directory as the build left it
 *     image/layers/<id>/<layer>         each launch layer, those that are cached too included
 *     image/layers/config/metadata.toml what a launcher reads
 *     image/layers/sbom/launch
 *     labels.json                       labels of the image by name, as the platform sets them
 *     buildpack-labels.json             and as buildpacks set them
 *     cache/layers/<id>/<layer>         each layer that is cached and not in the image
 *     cache/sbom
 *     cache.json                        the cache's metadata
 *     build.json                        where the build ran; written last
 *
 * Nothing below is ever written to again.
 */
export interface StoredBuild {
  path: string;
  app: string;
  layers: string;
  /** Where buildpacks saw these directories, which layers may mention in their files. */
  inside: BuildPlace;
  /** Whose the files are in the image. Unknown of a build that an older version stored. */
  ids?: { uid: number; gid: number } | undefined;
  platformApi: string;
  /** Those of the platform. */
  labels: Readonly<Record<string, string>>;
  buildpackLabels: Readonly<Record<string, string>>;
  /** The label `io.buildpacks.lifecycle.metadata`, decoded. */
  image: LifecycleMetadata;
  cache: LifecycleMetadata;
}

export interface BuildPlace {
  app: string;
  layers: string;
}

export const metadataLabel = "io.buildpacks.lifecycle.metadata";

/** Resolves to the build that a state folder holds, or to nothing before the first build. */
export async function readStoredBuild(state: string): Promise<StoredBuild | undefined> {
  const name = await currentName(state);
  if (name === undefined) return undefined;
  const path = join(state, "builds", name);
  const record = decodeJson(buildRecord, await readTextIfAny(join(path, "build.json")));
  if (!record) return undefined;
  const labels = await readLabels(join(path, "labels.json"));
  return {
    path,
    app: join(path, "image/app"),
    layers: join(path, "image/layers"),
    ...record,
    labels,
    buildpackLabels: await readLabels(join(path, "buildpack-labels.json")),
    image: decodeLifecycleMetadata(labels[metadataLabel]),
    cache: await readLifecycleMetadata(join(path, "cache.json")),
  };
}

async function readLabels(path: string): Promise<Record<string, string>> {
  return decodeJson(z.record(z.string(), z.string()), await readTextIfAny(path)) ?? {};
}

/** The name of the current build below `builds`. */
export async function currentName(state: string): Promise<string | undefined> {
  const target = await readlink(join(state, "current")).catch(() => undefined);
  return target === undefined ? undefined : basename(target);
}

/** Where a stored layer's directory is, whether it is there or not. */
export function storedLayerPath(
  build: { path: string },
  id: string,
  layer: string,
  types: { launch: boolean },
): string {
  return join(build.path, types.launch ? "image/layers" : "cache/layers", escapeId(id), layer);
}

const buildRecord = z.object({
  platformApi: z.string(),
  inside: z.object({ app: z.string(), layers: z.string() }),
  ids: z.object({ uid: z.number(), gid: z.number() }).optional(),
});

function decodeJson<S extends z.ZodType>(
  schema: S,
  text: string | undefined,
): z.output<S> | undefined {
  try {
    return schema.parse(JSON.parse(text ?? ""));
  } catch {
    return undefined;
  }
}
