import { join, relative } from "node:path";
import * as z from "zod";
import { type BomEntry, bomFile } from "../../cnb/bom.ts";
import { buildTomlCodec } from "../../cnb/build-toml.ts";
import { type Launch, launchCodec } from "../../cnb/launch.ts";
import {
  type LayerTypes,
  layerContentMetadataCodec,
} from "../../cnb/layers/layer-content-metadata.ts";
import { tryReadTomlInside } from "../../cnb/toml-file.ts";
import { BuildpackError } from "../../failure.ts";
import { isReadableByOwner, lstatIfAny } from "../../system/files.ts";
import { throughLinks } from "../../system/inside/links-inside.ts";
import {
  isDirectoryInside,
  listInside,
  lookInside,
  moveOutOf,
} from "../../system/inside/open-inside.ts";
import { type Buildpack, nameOf } from "./buildpack-store.ts";
import { toJsonMetadata } from "./json-metadata.ts";
import type { LayerOutput } from "./layer-output.ts";
import { readLaunchLayer } from "../state/launch-layer.ts";
import { type LayerSbom, readSboms } from "./sboms.ts";

/** The files that a buildpack has written to its layers directory. */
export interface BuildpackOutputs {
  buildpack: Buildpack;
  directory: string;
  /** By name, sorted by the names of their files; only layers with a type. */
  layers: ReadonlyMap<string, LayerOutput>;
  unmet: readonly string[];
  launch: Launch;
  /** What `store.toml` holds, where there is one. */
  store: { metadata: unknown } | undefined;
  sboms: readonly LayerSbom[];
  /** The entries of bills of materials in launch.toml and build.toml; metadata is ready for JSON. */
  bom: Record<"launch" | "build", readonly BomEntry[]>;
}

/**
 * Reads the output of `bin/build`, and renames directories of layers without a type to `<layer>.ignore`,
 * so that they are not taken for layers.
 *
 * @throws BuildpackError `platform/build-output-invalid` for a file that a lifecycle would refuse, and for
 * a link in place of a file or a directory that we read, if it leads out of the directory: it may lead anywhere on this
 * machine.
 */
export async function readBuildpackOutputs(
  buildpack: Buildpack,
  { host: directory, inside }: { host: string; inside: string },
  planned: readonly string[],
): Promise<BuildpackOutputs> {
  try {
    return await readOutputs({ buildpack, directory, inside }, planned);
  } catch (error) {
    const failure = error instanceof BuildpackError ? error.failure : undefined;
    if (failure?.code !== "system/link-not-followed") throw error;
    const path = relative(directory, failure.path);
    throw invalid({ buildpack }, path, "it is a symbolic link, which is not followed");
  }
}

async function readOutputs(reader: Reader, planned: readonly string[]): Promise<BuildpackOutputs> {
  const { buildpack, directory } = reader;
  const all = await readLayers(reader);
  const layers = new Map([...all].filter(([, { types }]) => hasType(types)));
  for (const name of all.keys()) if (!layers.has(name)) await setAside(reader, name);
  for (const name of layers.keys()) await refuseLinks(reader, name);
  for (const [name, { types }] of layers) if (types.build) await refuseUnusable(reader, name);
  return {
    buildpack,
    directory,
    layers,
    unmet: await readUnmet(reader, planned),
    launch: (await readOutput(reader, "launch.toml", launchCodec)) ?? noLaunch,
    store: await readOutput(reader, "store.toml", storeFile),
    sboms: await readSboms(buildpack, directory, layers),
    bom: {
      launch: await readBom(reader, "launch.toml"),
      build: await readBom(reader, "build.toml"),
    },
  };
}

interface Reader {
  buildpack: Buildpack;
  directory: string;
  /** The path of the directory for the buildpack, by which links may name it. */
  inside: string;
}

const noLaunch: Launch = { labels: [], processes: [], slices: [] };

/** Every TOML file counts, even `launch.toml` and similar: they are layers without a type. */
async function readLayers(reader: Reader): Promise<Map<string, LayerOutput>> {
  const entries = await listInside(reader.directory, "");
  const files = entries.filter((entry) => entry.name.endsWith(".toml") && !entry.isDirectory());
  const layers = new Map<string, LayerOutput>();
  // Sorted with the suffix, so that `a-b.toml` comes before `a.toml`.
  for (const file of files.map(({ name }) => name).sort()) {
    const name = file.slice(0, -".toml".length);
    if (["", ".", ".."].includes(name)) {
      throw invalid(reader, file, `\`${name}\` cannot be the name of a layer`);
    }
    const layer = await readOutput(reader, file, layerFile);
    layers.set(name, layer ?? { types: noTypes, metadata: undefined });
  }
  return layers;
}

const noTypes: LayerTypes = { launch: false, build: false, cache: false };

const layerFile = z
  .object({ ...layerContentMetadataCodec.def.in.shape, metadata: z.unknown().optional() })
  .transform(({ types, metadata }) => ({
    types: { ...noTypes, ...types } as LayerTypes,
    metadata,
  }));

const storeFile = z
  .object({ metadata: z.unknown().optional() })
  .transform(({ metadata }) => ({ metadata: metadata ?? undefined }));

function hasType({ launch, build, cache }: LayerTypes): boolean {
  return launch || build || cache;
}

async function setAside(reader: Reader, name: string): Promise<void> {
  const { directory } = reader;
  const ignored = `${name}.ignore`;
  if (!(await lstatIfAny(join(directory, name)))) return;
  if (await lstatIfAny(join(directory, ignored))) {
    const problem = `the layer \`${name}\` has no type, and \`${ignored}\` already exists`;
    throw invalid(reader, ignored, problem);
  }
  await moveOutOf(directory, name, join(directory, ignored));
}

/** Refuses links that launchers would refuse later, while it is known which buildpack made them. */
async function refuseLinks({ directory, inside }: Reader, name: string): Promise<void> {
  if (!(await isDirectoryInside(directory, name))) return;
  await readLaunchLayer(join(directory, name), join(inside, name));
}

/** Refuses what lifecycles, as the user of the build, cannot apply to later buildpacks. */
async function refuseUnusable(reader: Reader, name: string): Promise<void> {
  const { directory } = reader;
  const entry = await lookInside(directory, name);
  if (entry && !entry.isDirectory()) throw invalid(reader, name, "a layer must be a directory");
  const { inside } = reader;
  const inOwn = async <T>(path: string, work: (path: string) => Promise<T>) =>
    await throughLinks(directory, path, work, inside);
  for (const kind of ["env", "env.build"].map((kind) => join(name, kind))) {
    const stats = await inOwn(kind, (path) => lookInside(directory, path));
    if (stats && !stats.isDirectory()) throw invalid(reader, kind, "it must be a directory");
    for (const file of await inOwn(kind, (path) => listInside(directory, path))) {
      const path = join(kind, file.name);
      const found = await inOwn(path, (real) => lookInside(directory, real));
      if (!found) throw invalid(reader, path, deadLink);
      if (!isReadableByOwner(found)) throw invalid(reader, path, unreadable);
    }
  }
}

const deadLink = "it is a symbolic link that leads nowhere";
const unreadable = "its owner has no permission to read it";

async function readUnmet(reader: Reader, planned: readonly string[]): Promise<string[]> {
  const { unmet } = (await readOutput(reader, "build.toml", buildTomlCodec)) ?? { unmet: [] };
  const names = unmet.map(({ name }) => name);
  const stranger = names.find((name) => !planned.includes(name));
  if (stranger === undefined) return names;
  const problem = `it lists \`${stranger}\` as unmet, but the plan has no such entry`;
  throw invalid(reader, "build.toml", problem);
}

async function readBom(reader: Reader, file: string): Promise<BomEntry[]> {
  const entries = (await readOutput(reader, file, bomFile)) ?? [];
  try {
    return entries.map(({ name, metadata }) => ({ name, metadata: toJsonMetadata(metadata) }));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid(reader, file, `in its \`bom\`, ${error.message}`);
  }
}

async function readOutput<C extends z.ZodType>(
  reader: Reader,
  name: string,
  codec: C,
): Promise<z.output<C> | undefined> {
  const { directory, inside } = reader;
  const read = async (path: string) => await tryReadTomlInside(directory, path, codec);
  const file = await throughLinks(directory, name, read, inside);
  if (file.state === "invalid") throw invalid(reader, name, file.problem);
  return file.state === "read" ? file.value : undefined;
}

function invalid(
  { buildpack }: Pick<Reader, "buildpack">,
  path: string,
  problem: string,
): BuildpackError {
  return new BuildpackError({
    code: "platform/build-output-invalid",
    buildpack: nameOf(buildpack),
    path,
    problem,
  });
}
