import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type * as z from "zod";
import { buildTomlCodec } from "../../cnb/build-toml.ts";
import { type Launch, launchCodec } from "../../cnb/launch.ts";
import {
  type LayerContentMetadata,
  layerContentMetadataCodec,
} from "../../cnb/layer-content-metadata.ts";
import { type StoreMetadata, storeCodec } from "../../cnb/store.ts";
import { tryReadTomlFile } from "../../cnb/toml-file.ts";
import { BuildpackError } from "../../failure.ts";
import { isDirectory, removeTree } from "../../system/files.ts";
import { type Buildpack, nameOf } from "./buildpack-store.ts";
import { type LayerSbom, readSboms } from "./sboms.ts";

/** What a buildpack left in its layers directory. */
export interface BuildpackOutputs {
  buildpack: Buildpack;
  directory: string;
  /** By name, in the order of their names; only those with a type. */
  layers: ReadonlyMap<string, LayerContentMetadata>;
  unmet: readonly string[];
  launch: Launch;
  store: StoreMetadata | undefined;
  sboms: readonly LayerSbom[];
}

/**
 * Reads what `bin/build` left and sets aside directories of layers without a type, by the name
 * `<layer>.ignore`, so that nobody takes them for layers.
 *
 * @throws BuildpackError `platform/build-output-invalid` where a lifecycle would refuse a file.
 */
export async function readBuildpackOutputs(
  buildpack: Buildpack,
  directory: string,
  planned: readonly string[],
): Promise<BuildpackOutputs> {
  const reader = { buildpack, directory };
  const all = await readLayers(reader);
  const layers = new Map([...all].filter(([, { types }]) => hasType(types)));
  for (const name of all.keys()) if (!layers.has(name)) await setAside(join(directory, name));
  return {
    buildpack,
    directory,
    layers,
    unmet: await readUnmet(reader, planned),
    launch: (await readOutput(reader, "launch.toml", launchCodec)) ?? noLaunch,
    store: (await readOutput(reader, "store.toml", storeCodec))?.metadata,
    sboms: await readSboms(buildpack, directory, layers),
  };
}

interface Reader {
  buildpack: Buildpack;
  directory: string;
}

const noLaunch: Launch = { labels: [], processes: [], slices: [] };

/** Every TOML file counts, `launch.toml` and its like included: they are layers without a type. */
async function readLayers(reader: Reader): Promise<Map<string, LayerContentMetadata>> {
  const files = (await readdir(reader.directory)).filter((name) => name.endsWith(".toml"));
  const layers = new Map<string, LayerContentMetadata>();
  // By layer names: with its suffix, `a-b.toml` would come before `a.toml`.
  for (const name of files.map((file) => file.slice(0, -".toml".length)).sort()) {
    const layer = await readOutput(reader, `${name}.toml`, layerContentMetadataCodec);
    if (layer) layers.set(name, layer);
  }
  return layers;
}

function hasType({ launch, build, cache }: LayerContentMetadata["types"]): boolean {
  return launch || build || cache;
}

async function setAside(path: string): Promise<void> {
  if (!(await isDirectory(path))) return;
  await removeTree(`${path}.ignore`);
  await rename(path, `${path}.ignore`);
}

async function readUnmet(reader: Reader, planned: readonly string[]): Promise<string[]> {
  const { unmet } = (await readOutput(reader, "build.toml", buildTomlCodec)) ?? { unmet: [] };
  const names = unmet.map(({ name }) => name);
  const stranger = names.find((name) => !planned.includes(name));
  if (stranger === undefined) return names;
  const problem = `\`${stranger}\` is unmet, but the buildpack was never asked for it`;
  throw invalid(reader, "build.toml", problem);
}

async function readOutput<C extends z.ZodType>(
  reader: Reader,
  name: string,
  codec: C,
): Promise<z.output<C> | undefined> {
  const file = await tryReadTomlFile(join(reader.directory, name), codec);
  if (file.state === "invalid") throw invalid(reader, name, file.problem);
  return file.state === "read" ? file.value : undefined;
}

function invalid({ buildpack }: Reader, path: string, problem: string): BuildpackError {
  return new BuildpackError({
    code: "platform/build-output-invalid",
    buildpack: nameOf(buildpack),
    path,
    problem,
  });
}
