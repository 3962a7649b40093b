import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { type EnvModification, readLayerEnv } from "../../cnb/layer-env.ts";
import { readTomlFile } from "../../cnb/toml-file.ts";
import { statIfAny } from "../../system/files.ts";
import { escapeId } from "../../cnb/names.ts";

/** All that a launcher has to know of an image; every path is one inside it. */
export interface LaunchPlan {
  app: string;
  /** Layers in the order in which they apply: by the group, then by name. */
  buildpacks: readonly (readonly LaunchLayer[])[];
  processes: readonly LaunchProcess[];
  defaultProcess?: string;
  /** Whether arguments of the user replace those of the process, as from Platform API 0.10 on. */
  argsReplace: boolean;
}

export interface LaunchLayer {
  path: string;
  hasBin: boolean;
  hasLib: boolean;
  env: readonly EnvModification[];
  execD: readonly ForProcess[];
  profiles: readonly string[];
}

/** A file that applies to all processes, or to those of one type. */
export interface ForProcess {
  path: string;
  process?: string;
}

export interface LaunchProcess {
  type: string;
  /** The program, and the arguments that it always gets. */
  command: readonly string[];
  args: readonly string[];
  /** Absolute, or relative to the app; the app's directory where there is none. */
  workingDir?: string | undefined;
}

/**
 * Reads the layers of an image that stand in `layers` on the host, and in `inside.layers` when they
 * are launched. Every directory there counts as a launch layer.
 *
 * @throws BuildpackError `cnb/file-invalid` where `config/metadata.toml` cannot be read.
 */
export async function readLaunchPlan(
  layers: string,
  inside: { app: string; layers: string },
  argsReplace: boolean,
): Promise<LaunchPlan> {
  const path = join(layers, "config/metadata.toml");
  const { buildpacks, processes, ...metadata } = await readTomlFile(path, metadataCodec);
  const layersOf = async ({ id }: { id: string }) =>
    await readLayers(join(layers, escapeId(id)), join(inside.layers, escapeId(id)));
  const defaultProcess = metadata["buildpack-default-process-type"];
  return {
    app: inside.app,
    buildpacks: await Promise.all(buildpacks.map(layersOf)),
    processes: processes.map(({ "working-dir": workingDir, ...process }) => ({
      ...process,
      workingDir,
    })),
    ...(defaultProcess === undefined ? {} : { defaultProcess }),
    argsReplace,
  };
}

const metadataCodec = z.object({
  buildpacks: z.array(z.object({ id: z.string() })).default([]),
  processes: z
    .array(
      z.object({
        type: z.string(),
        // One string before Platform API 0.10.
        command: z.union([z.array(z.string()), z.string().transform((program) => [program])]),
        args: z.array(z.string()).default([]),
        "working-dir": z.string().optional(),
      }),
    )
    .default([]),
  "buildpack-default-process-type": z.string().optional(),
});

async function readLayers(directory: string, inside: string): Promise<LaunchLayer[]> {
  const { directories } = await entriesOf(directory);
  return await Promise.all(
    directories.map((name) => readLayer(join(directory, name), join(inside, name))),
  );
}

async function readLayer(directory: string, path: string): Promise<LaunchLayer> {
  const profiles = await entriesOf(join(directory, "profile.d"));
  return {
    path,
    hasBin: (await statIfAny(join(directory, "bin"))) !== undefined,
    hasLib: (await statIfAny(join(directory, "lib"))) !== undefined,
    env: await readLayerEnv(directory),
    execD: await readExecD(join(directory, "exec.d"), join(path, "exec.d")),
    profiles: profiles.files.map((name) => join(path, "profile.d", name)),
  };
}

async function readExecD(directory: string, inside: string): Promise<ForProcess[]> {
  const { files, directories } = await entriesOf(directory);
  const programs: ForProcess[] = files.map((name) => ({ path: join(inside, name) }));
  for (const process of directories) {
    const own = await entriesOf(join(directory, process));
    programs.push(...own.files.map((name) => ({ path: join(inside, process, name), process })));
  }
  return programs;
}

/** By alphabet, bytewise. A link counts as a file, whatever it leads to. */
async function entriesOf(directory: string): Promise<{ files: string[]; directories: string[] }> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const named = (wanted: boolean) =>
    entries
      .filter((entry) => entry.isDirectory() === wanted)
      .map(({ name }) => name)
      .sort();
  return { files: named(false), directories: named(true) };
}
