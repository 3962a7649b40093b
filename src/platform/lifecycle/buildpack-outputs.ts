import { join, relative } from "node:path";
import type * as z from "zod";
import { buildTomlCodec } from "../../cnb/build-toml.ts";
import { type Launch, launchCodec } from "../../cnb/launch.ts";
import {
  type LayerContentMetadata,
  layerContentMetadataCodec,
} from "../../cnb/layer-content-metadata.ts";
import { type StoreMetadata, storeCodec } from "../../cnb/store.ts";
import { tryReadTomlInside } from "../../cnb/toml-file.ts";
import { BuildpackError } from "../../failure.ts";
import { removeTree } from "../../system/files.ts";
import { isDirectoryInside, listInside, moveOutOf } from "../../system/open-inside.ts";
import { type Buildpack, nameOf } from "./buildpack-store.ts";
import { readLaunchLayer } from "../state/launch-layer.ts";
import { type LayerSbom, readSboms } from "./sboms.ts";

/** The files that a buildpack has written to its layers directory. */
export interface BuildpackOutputs {
  buildpack: Buildpack;
  directory: string;
  /** By name and sorted by name; only layers with a type. */
  layers: ReadonlyMap<string, LayerContentMetadata>;
  unmet: readonly string[];
  launch: Launch;
  store: StoreMetadata | undefined;
  sboms: readonly LayerSbom[];
}

/**
 * Reads the output of `bin/build`, and renames directories of layers without a type to `<layer>.ignore`,
 * so that they are not taken for layers.
 *
 * @throws BuildpackError `platform/build-output-invalid` for a file that a lifecycle would refuse, and for
 * a link in place of a file or a directory that we read: it may lead anywhere on this machine.
 */
export async function readBuildpackOutputs(
  buildpack: Buildpack,
  directory: string,
  planned: readonly string[],
): Promise<BuildpackOutputs> {
  try {
    return await readOutputs({ buildpack, directory }, planned);
  } catch (error) {
    const failure = error instanceof BuildpackError ? error.failure : undefined;
    if (failure?.code !== "system/link-not-followed") throw error;
    const path = relative(directory, failure.path);
    throw invalid({ buildpack, directory }, path, "it is a symbolic link, which is not followed");
  }
}

async function readOutputs(reader: Reader, planned: readonly string[]): Promise<BuildpackOutputs> {
  const { buildpack, directory } = reader;
  const all = await readLayers(reader);
  const layers = new Map([...all].filter(([, { types }]) => hasType(types)));
  for (const name of all.keys()) if (!layers.has(name)) await setAside(directory, name);
  for (const name of layers.keys()) await refuseLinks(directory, name);
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

/** Every TOML file counts, even `launch.toml` and similar: they are layers without a type. */
async function readLayers(reader: Reader): Promise<Map<string, LayerContentMetadata>> {
  const entries = await listInside(reader.directory, "");
  const files = entries.map(({ name }) => name).filter((name) => name.endsWith(".toml"));
  const layers = new Map<string, LayerContentMetadata>();
  // Sorted without the suffix: with it, `a-b.toml` would come before `a.toml`.
  for (const name of files.map((file) => file.slice(0, -".toml".length)).sort()) {
    if (["", ".", ".."].includes(name)) {
      throw invalid(reader, `${name}.toml`, `\`${name}\` cannot be the name of a layer`);
    }
    const layer = await readOutput(reader, `${name}.toml`, layerContentMetadataCodec);
    if (layer) layers.set(name, layer);
  }
  return layers;
}

function hasType({ launch, build, cache }: LayerContentMetadata["types"]): boolean {
  return launch || build || cache;
}

async function setAside(directory: string, name: string): Promise<void> {
  if (!(await isDirectoryInside(directory, name))) return;
  const ignored = join(directory, `${name}.ignore`);
  await removeTree(ignored);
  await moveOutOf(directory, name, ignored);
}

/** Refuses links that launchers would refuse later, while it is known which buildpack made them. */
async function refuseLinks(directory: string, name: string): Promise<void> {
  if (await isDirectoryInside(directory, name)) await readLaunchLayer(join(directory, name), name);
}

async function readUnmet(reader: Reader, planned: readonly string[]): Promise<string[]> {
  const { unmet } = (await readOutput(reader, "build.toml", buildTomlCodec)) ?? { unmet: [] };
  const names = unmet.map(({ name }) => name);
  const stranger = names.find((name) => !planned.includes(name));
  if (stranger === undefined) return names;
  const problem = `it lists \`${stranger}\` as unmet, but the plan has no such entry`;
  throw invalid(reader, "build.toml", problem);
}

async function readOutput<C extends z.ZodType>(
  reader: Reader,
  name: string,
  codec: C,
): Promise<z.output<C> | undefined> {
  const file = await tryReadTomlInside(reader.directory, name, codec);
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
