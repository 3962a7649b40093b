import type { Process } from "../../cnb/launch.ts";
import { stringifyToml } from "../../toml.ts";
import type { BuildpackOutputs } from "./buildpack-outputs.ts";
import { isAtLeast, type PlatformApi } from "./platform-api.ts";

/** A process of the image, and the buildpack that it comes from. */
export interface ImageProcess extends Process {
  buildpack: string;
}

/** What all buildpacks of a build together say of the image. */
export interface LaunchMetadata {
  buildpacks: { id: string; version: string; api: string; homepage?: string | undefined }[];
  labels: { key: string; value: string }[];
  /** In the order of their types, each of which occurs once. */
  processes: ImageProcess[];
  slices: { paths: string[] }[];
  defaultProcess?: string;
}

/**
 * Merges the `launch.toml` of each buildpack in the order of the group: of two processes of one
 * type the later stands, and so does the later of two defaults. A later process that is not the
 * default but has the default's type leaves the image without a default; `warn` hears of it.
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
        warn(`${buildpack.id} replaces the default process ${type} by one that is not the default`);
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

/**
 * `<layers>/config/metadata.toml`, which launchers read. Before Platform API 0.10 a command is one
 * string, and what it has more goes to the front of the arguments.
 */
export function launchMetadataToml(metadata: LaunchMetadata, platformApi: PlatformApi): string {
  const { buildpacks, labels, processes, slices, defaultProcess } = metadata;
  const commandIsList = isAtLeast(platformApi, "0.10");
  return stringifyToml({
    buildpacks,
    labels,
    processes: processes.map(({ type, command, args, buildpack, workingDir }) => ({
      type,
      command: commandIsList ? command : command[0],
      args: commandIsList ? args : [...command.slice(1), ...args],
      direct: true,
      "buildpack-id": buildpack,
      "working-dir": workingDir,
    })),
    slices,
    "buildpack-default-process-type": defaultProcess,
  });
}

/** The label `io.buildpacks.build.metadata`, but for what it says of the launcher. */
export function buildMetadataLabel(metadata: LaunchMetadata): string {
  const { buildpacks, processes, defaultProcess } = metadata;
  return JSON.stringify({
    buildpacks: buildpacks.map(({ id, version, homepage }) => ({ id, version, homepage })),
    processes: processes.map(({ type, command, args, buildpack, workingDir }) => ({
      type,
      command,
      args,
      direct: true,
      "working-dir": workingDir,
      buildpackID: buildpack,
    })),
    "buildpack-default-process-type": defaultProcess,
  });
}
