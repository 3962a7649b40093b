import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { buildTomlCodec } from "../../cnb/build-toml.ts";
import { type Launch, launchCodec } from "../../cnb/launch.ts";
import { type LayerTypes, layerContentMetadataCodec } from "../../cnb/layer-content-metadata.ts";
import { tryReadTomlFile } from "../../cnb/toml-file.ts";
import { BuildpackError } from "../../failure.ts";
import { lstatIfAny } from "../../system/files.ts";
import { type Buildpack, nameOf } from "./buildpack-store.ts";
import type { LayerOutput } from "./layer-output.ts";
import { type LayerSbom, readSboms } from "./sboms.ts";

/** What a buildpack left in its layers directory. */
export interface BuildpackOutputs {
  buildpack: Buildpack;
  directory: string;
  /** By name, in the order of their files' names; only those with a type. */
  layers: ReadonlyMap<string, LayerOutput>;
  unmet: readonly string[];
  launch: Launch;
  /** What `store.toml` holds, where there is one. */
  store: { metadata: unknown } | undefined;
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
  for (const name of all.keys()) if (!layers.has(name)) await setAside(reader, name);
  return {
    buildpack,
    directory,
    layers,
    unmet: await readUnmet(reader, planned),
    launch: (await readOutput(reader, "launch.toml", launchCodec)) ?? noLaunch,
    store: await readOutput(reader, "store.toml", storeFile),
    sboms: await readSboms(buildpack, directory, layers),
  };
}

interface Reader {
  buildpack: Buildpack;
  directory: string;
}

const noLaunch: Launch = { labels: [], processes: [], slices: [] };

/** Every TOML file counts, `launch.toml` and its like included: they are layers without a type. */
async function readLayers(reader: Reader): Promise<Map<string, LayerOutput>> {
  const entries = await readdir(reader.directory, { withFileTypes: true });
  const files = entries.filter((entry) => entry.name.endsWith(".toml") && !entry.isDirectory());
  const layers = new Map<string, LayerOutput>();
  // With their suffixes, so that `a-b.toml` comes before `a.toml`.
  for (const file of files.map(({ name }) => name).sort()) {
    const name = file.slice(0, -".toml".length);
    const layer = await readOutput(reader, file, layerFile);
    layers.set(name, layer ?? { types: noTypes, metadata: undefined });
  }
  return layers;
}

const noTypes: LayerTypes = { launch: false, build: false, cache: false };

const layerFile = z
  .object({ ...layerContentMetadataCodec.def.in.shape, metadata: z.unknown().optional() })
  .transform(({ types, metadata }) => ({ types: { ...noTypes, ...types } as LayerTypes, metadata }));

const storeFile = z
  .object({ metadata: z.unknown().optional() })
  .transform(({ metadata }) => ({ metadata: metadata ?? undefined }));

function hasType({ launch, build, cache }: LayerTypes): boolean {
  return launch || build || cache;
}

async function setAside({ buildpack, directory }: Reader, name: string): Promise<void> {
  const [from, to] = [join(directory, name), join(directory, `${name}.ignore`)];
  if (!(await lstatIfAny(from))) return;
  if (await lstatIfAny(to)) {
    const problem = `the layer \`${name}\` has no type, and \`${name}.ignore\` stands where it is put aside`;
    throw invalid({ buildpack, directory }, `${name}.ignore`, problem);
  }
  await rename(from, to);
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
