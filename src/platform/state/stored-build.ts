import { readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import * as z from "zod";
import { lstatIfAny, readTextIfAny } from "../../system/files.ts";
import { escapeId } from "../../cnb/names.ts";
import {
  decodeLifecycleMetadata,
  type LifecycleMetadata,
  readLifecycleMetadata,
} from "./lifecycle-metadata.ts";
import { parseJson } from "../../system/parse-json.ts";

/**
 * A successful build: the content of its image, and its cache.
 *
 *     image/app                         the app directory as the build left it
 *     image/layers/<id>/<layer>         each launch layer, those that are cached too included
 *     image/layers/config/metadata.toml what a launcher reads
 *     image/layers/sbom/launch
 *     labels.json                       the labels of the image that the platform sets, by name
 *     buildpack-labels.json             the labels that buildpacks set
 *     cache/layers/<id>/<layer>         each cached layer that is not in the image
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
  /** The paths of these directories during the build. Files in layers may contain them. */
  inside: BuildPlace;
  /** The owner of the files in the image. Unknown for a build that an older version stored. */
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

/** Reads the current build of a state directory. Undefined before the first build. */
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

/** The name of the current build's directory in `builds`. */
export async function currentName(state: string): Promise<string | undefined> {
  const target = await readlink(join(state, "current")).catch(() => undefined);
  return target === undefined ? undefined : basename(target);
}

/** The owner of the files in an image of the build. */
export function ownerIn({ ids }: StoredBuild): { uid: number; gid: number } {
  return ids ?? { uid: 0, gid: 0 };
}

/**
 * The mode of the directory that the layers of a buildpack are in, or will be: at least as open to its owner as it takes to read
 * it. It is part of the digests of the layers.
 */
export async function layersMode(directory: string): Promise<number> {
  const stats = await lstatIfAny(directory);
  return stats?.isDirectory() ? (stats.mode & 0o7777) | 0o500 : 0o755;
}

/** The path of a stored layer's directory, which need not exist. */
export function storedLayerPath(
  build: { path: string },
  id: string,
  layer: string,
  types: { launch: boolean },
): string {
  return join(build.path, types.launch ? "image/layers" : "cache/layers", escapeId(id), layer);
}

/** The directories of a stored build that have layers of this buildpack. */
export async function storedLayersOf(build: { path: string }, id: string): Promise<string[]> {
  const places = ["image/layers", "cache/layers"].map((kind) =>
    join(build.path, kind, escapeId(id)),
  );
  const stats = await Promise.all(places.map(lstatIfAny));
  return places.filter((_, index) => stats[index]?.isDirectory());
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
  return schema.safeParse(parseJson(text)).data;
}
