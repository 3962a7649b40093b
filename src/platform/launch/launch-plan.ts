import { join } from "node:path";
import * as z from "zod";
import { readTomlInside } from "../../cnb/toml-file.ts";
import { escapeId } from "../../cnb/names.ts";
import { type LaunchLayer, readLaunchLayer, sortedEntries } from "../state/launch-layer.ts";

/** Everything that a launcher needs to know about an image. All paths are paths in the image. */
export interface LaunchPlan {
  app: string;
  /** Layers in the order in which they apply: that of the group, then by name. */
  buildpacks: readonly (readonly LaunchLayer[])[];
  processes: readonly LaunchProcess[];
  defaultProcess?: string;
  /** Whether arguments of the user replace those of the process, as since Platform API 0.10. */
  argsReplace: boolean;
}

export interface LaunchProcess {
  type: string;
  /** The program and its fixed arguments. */
  command: readonly string[];
  args: readonly string[];
  /** Absolute, or relative to the app. The default is the app's directory. */
  workingDir?: string | undefined;
}

/**
 * Reads the layers of an image, which are in `layers` on this machine and in `inside.layers` at launch.
 * Every directory there counts as a launch layer.
 *
 * @throws BuildpackError `cnb/file-invalid` if `config/metadata.toml` cannot be read;
 * `system/link-not-followed` for a link in place of a layer or of a directory that launchers read.
 */
export async function readLaunchPlan(
  layers: string,
  inside: { app: string; layers: string },
  argsReplace: boolean,
): Promise<LaunchPlan> {
  const path = "config/metadata.toml";
  const { buildpacks, processes, ...metadata } = await readTomlInside(layers, path, metadataCodec);
  const layersOf = async ({ id }: { id: string }) =>
    await readLayers(layers, escapeId(id), join(inside.layers, escapeId(id)));
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

async function readLayers(root: string, path: string, inside: string): Promise<LaunchLayer[]> {
  const { directories } = await sortedEntries(root, path);
  return await Promise.all(
    directories.map((name) => readLaunchLayer(join(root, path, name), join(inside, name))),
  );
}
