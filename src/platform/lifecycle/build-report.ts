import type { LayerTypes } from "../../cnb/layers/layer-content-metadata.ts";

/** What a build did. The summary prints it, and `--report` writes it. Durations are in milliseconds. */
export interface BuildReport {
  platformApi: string;
  buildpacks: { id: string; version: string }[];
  processes: ReportedProcess[];
  defaultProcess?: string;
  layers: ReportedLayer[];
  durations: Record<BuildPhase | "total", number>;
}

/** `tidy` removes the previous build, which takes long on some disks. */
export type BuildPhase = "prepare" | "detect" | "restore" | "build" | "store" | "tidy";

export interface ReportedProcess {
  type: string;
  command: string[];
  args: string[];
  buildpack: string;
  workingDirectory?: string;
}

export interface ReportedLayer {
  buildpack: string;
  name: string;
  types: LayerTypes;
  /** The sum of the sizes of its files. */
  bytes: number;
  fate: LayerFate;
}

/**
 * How a layer compares with that of the previous build: `reused` has the same content, `removed` does not
 * exist any more, `temporary` was only for later buildpacks and is not kept.
 */
export type LayerFate = "created" | "reused" | "changed" | "removed" | "temporary";
