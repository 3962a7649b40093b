import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../../failure.ts";
import { readTomlInside } from "../../cnb/toml-file.ts";
import { escapeId } from "../../cnb/names.ts";
import { buildpackApis } from "../lifecycle/buildpack-store.ts";
import { isAtLeast } from "../lifecycle/platform-api.ts";
import { type LaunchLayer, readLaunchLayer, sortedEntries } from "../state/launch-layer.ts";

/** Everything that a launcher needs to know about an image. All paths are paths in the image. */
export interface LaunchPlan {
  app: string;
  /** Layers in the order in which they apply: that of the group, then by name. */
  buildpacks: readonly (readonly LaunchLayer[])[];
  processes: readonly LaunchProcess[];
  defaultProcess?: string;
  /** Whether only processes for the execution environment can start, as since Platform API 0.15. */
  byExecEnv: boolean;
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
  /** The execution environments that it is for; all of them where it names none. */
  execEnv?: readonly string[] | undefined;
}

/**
 * Reads the layers of an image, which are in `layers` on this machine and in `inside.layers` at launch.
 * Every directory there counts as a launch layer. What launchers do depends on the Platform API.
 *
 * @throws BuildpackError `cnb/buildpack-api-unsupported`; `cnb/file-invalid` if `config/metadata.toml` cannot be read;
 * `platform/launch-failed` for a link in place of a layer or of a directory that launchers read.
 */
export async function readLaunchPlan(
  layers: string,
  inside: { app: string; layers: string },
  platformApi: string,
): Promise<LaunchPlan> {
  try {
    return await readPlan(layers, inside, platformApi);
  } catch (error) {
    const failure = error instanceof BuildpackError ? error.failure : undefined;
    if (failure?.code !== "system/link-not-followed") throw error;
    const problem = `\`${failure.path}\` is a symbolic link, which is not followed`;
    throw new BuildpackError({ code: "platform/launch-failed", problem }, { cause: error });
  }
}

async function readPlan(
  layers: string,
  inside: { app: string; layers: string },
  platformApi: string,
): Promise<LaunchPlan> {
  const path = "config/metadata.toml";
  const { buildpacks, processes, ...metadata } = await readTomlInside(layers, path, metadataCodec);
  refuseOtherApis(buildpacks, join(layers, path));
  const layersOf = async ({ id }: { id: string }) =>
    await readLayers(layers, escapeId(id), join(inside.layers, escapeId(id)));
  const defaultProcess = metadata["buildpack-default-process-type"];
  return {
    app: inside.app,
    buildpacks: await Promise.all(buildpacks.map(layersOf)),
    processes: processes.map(({ "working-dir": workingDir, "exec-env": execEnv, ...process }) => ({
      ...{ ...process, workingDir, execEnv },
    })),
    ...(defaultProcess === undefined ? {} : { defaultProcess }),
    byExecEnv: isAtLeast(platformApi, "0.15"),
    argsReplace: isAtLeast(platformApi, "0.10"),
  };
}

function refuseOtherApis(buildpacks: readonly { api?: string | undefined }[], path: string): void {
  const other = buildpacks.find(({ api = "0.9" }) => !launchableApis.has(api));
  if (other?.api === undefined) return;
  throw new BuildpackError({ code: "cnb/buildpack-api-unsupported", path, api: other.api });
}

/** Buildpacks of older APIs are not built here, but what they built can be launched. */
const launchableApis = new Set(["0.7", "0.8", ...buildpackApis]);

const metadataCodec = z.object({
  buildpacks: z.array(z.object({ id: z.string(), api: z.string().optional() })).default([]),
  processes: z
    .array(
      z.object({
        type: z.string(),
        // One string before Platform API 0.10.
        command: z.union([z.array(z.string()), z.string().transform((program) => [program])]),
        args: z.array(z.string()).default([]),
        "working-dir": z.string().optional(),
        "exec-env": z.array(z.string()).optional(),
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
