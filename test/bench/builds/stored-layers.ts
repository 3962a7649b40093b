import { join } from "node:path";
import { escapeId } from "../../../src/cnb/names.ts";
import { isDirectory } from "../../../src/system/files.ts";
import { readStoredBuild } from "../../../src/platform/state/stored-build.ts";
import { hasContent, type ReadReport } from "./read-report.ts";

/** The directories of the layers that a restorer gets from the cache. None before the first build. */
export async function cachedLayers(state: string): Promise<string[]> {
  const stored = await readStoredBuild(state);
  const places = (stored?.cache.buildpacks ?? []).flatMap(({ key, layers }) =>
    Object.entries(layers)
      .filter(([, layer]) => layer.cache)
      .map(([name, { launch }]) => ({ key, name, kept: launch ? "image" : "cache" })),
  );
  const directories = places.map(({ key, name, kept }) =>
    join(stored?.path ?? "", kept, "layers", escapeId(key), name),
  );
  return await existing(directories);
}

/** The directories of the layers that an exporter has to read. */
export async function exportedLayers(state: string, { layers }: ReadReport): Promise<string[]> {
  const stored = await readStoredBuild(state);
  if (!stored) throw new Error(`there is no build in ${state}`);
  const read = layers.filter(hasContent);
  return await existing(
    read.map(({ buildpack, name }) => join(stored.layers, escapeId(buildpack), name)),
  );
}

async function existing(directories: readonly string[]): Promise<string[]> {
  const found = await Promise.all(directories.map(isDirectory));
  return directories.filter((_, index) => found[index]);
}
