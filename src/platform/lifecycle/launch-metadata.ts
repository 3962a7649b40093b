import type { Process } from "../../cnb/launch.ts";
import type { BuildpackOutputs } from "./buildpack-outputs.ts";
import { labelJson } from "../state/label-json.ts";
import { lifecycleToml } from "./lifecycle-toml.ts";
import { isAtLeast, type PlatformApi } from "./platform-api.ts";

/** A process of the image, with the id of its buildpack. */
export interface ImageProcess extends Process {
  buildpack: string;
}

/** The contributions of all buildpacks to the image. */
export interface LaunchMetadata {
  buildpacks: { id: string; version: string; api: string; homepage?: string | undefined }[];
  labels: { key: string; value: string }[];
  /** Sorted by type; each type occurs once. */
  processes: ImageProcess[];
  slices: { paths?: string[] | undefined }[];
  defaultProcess?: string;
}

/**
 * Merges the `launch.toml` files in the order of the group. Of two processes of the same type the later
 * one wins, and so does the later of two defaults. If a later process with the type of the default is not
 * a default itself, the image has no default, and `warn` is called.
 */
export function mergeLaunch(
  outputs: readonly BuildpackOutputs[],
  warn: (text: string) => void,
): LaunchMetadata {
  const processes = new Map<string, ImageProcess>();
  let defaultProcess: string | undefined;
  for (const { buildpack, launch } of outputs) {
    for (const process of launch.processes) {
      const { type } = process;
      if (process.default) defaultProcess = type;
      else if (type === defaultProcess) {
        defaultProcess = undefined;
        warn(
          `${buildpack.id} replaces the default process ${type} with one that is not the default`,
        );
      }
      processes.set(type, { ...process, buildpack: buildpack.id });
    }
  }
  return {
    buildpacks: outputs.map(({ buildpack: { id, version, descriptor } }) => {
      return { id, version, api: descriptor.api, homepage: descriptor.buildpack.homepage };
    }),
    labels: outputs.flatMap(({ launch }) => launch.labels),
    processes: [...processes.values()].sort((a, b) => (a.type < b.type ? -1 : 1)),
    slices: outputs.flatMap(({ launch }) => launch.slices),
    ...(defaultProcess === undefined ? {} : { defaultProcess }),
  };
}

/** The text of `<layers>/config/metadata.toml`, which launchers read. */
export function launchMetadataToml(metadata: LaunchMetadata, platformApi: PlatformApi): string {
  const { buildpacks, labels, processes, slices, defaultProcess } = metadata;
  return lifecycleToml({
    "buildpack-default-process-type": defaultProcess,
    buildpacks: noneIfEmpty(buildpacks),
    labels: noneIfEmpty(labels.map(({ key, value }) => ({ key, value }))),
    processes: processes.map((process) => ({
      type: process.type,
      ...commandOf(process, platformApi),
      direct: true,
      "buildpack-id": process.buildpack,
      "working-dir": process.workingDir || undefined,
      "exec-env": noneIfEmpty(process.execEnv),
    })),
    slices: noneIfEmpty(slices.map(({ paths }) => ({ paths }))),
  });
}

/** The label `io.buildpacks.build.metadata`, without the part about the launcher. */
export function buildMetadataLabel(metadata: LaunchMetadata, platformApi: PlatformApi): string {
  const { buildpacks, processes, defaultProcess } = metadata;
  return labelJson({
    ...(isAtLeast(platformApi, "0.9") ? {} : { bom: null }),
    buildpacks: buildpacks.map(({ id, version, homepage }) => ({ id, version, homepage })),
    processes: processes.map((process) => ({
      type: process.type,
      ...withArgs(commandOf(process, platformApi)),
      direct: true,
      buildpackID: process.buildpack,
      "working-dir": process.workingDir || undefined,
      "exec-env": noneIfEmpty(process.execEnv),
    })),
    "buildpack-default-process-type": defaultProcess,
  });
}

/** Since Platform API 0.15, images say for which execution environment they are. */
export function execEnvLabel(platformApi: PlatformApi, execEnv: string): Record<string, string> {
  return isAtLeast(platformApi, "0.15") ? { "io.buildpacks.exec-env": execEnv } : {};
}

/** Before Platform API 0.10 a command is one string, and what it has more goes in front of the arguments. */
function commandOf({ command, args }: Process, platformApi: PlatformApi) {
  if (isAtLeast(platformApi, "0.10")) return { command, ...(args ? { args } : {}) };
  return { command: command[0] ?? "", args: [...command.slice(1), ...(args ?? [])] };
}

/** Labels name arguments also where there are none. */
function withArgs({ command, args }: ReturnType<typeof commandOf>) {
  return { command, args: args ?? null };
}

function noneIfEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list && list.length > 0 ? list : undefined;
}
