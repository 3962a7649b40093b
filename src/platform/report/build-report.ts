import type { EnvModification } from "../../cnb/layers/env-modification.ts";
import type { LayerTypes } from "../../cnb/layers/layer-content-metadata.ts";
import type { ReportedGem, ReportedStep } from "../../output/build-facts.ts";

/**
 * What a build did. The summary prints it, and `--report` writes it. Times are in milliseconds; starts are
 * relative to the start of the build.
 */
export interface BuildReport {
  platformApi: string;
  buildpacks: { id: string; version: string }[];
  processes: ReportedProcess[];
  defaultProcess?: string;
  layers: ReportedLayer[];
  durations: Record<BuildPhase | "total", number>;
  /** The phases that ran, in their order. */
  timeline: ReportedSpan[];
  /** The runs of `bin/build`, in their order. */
  runs: ReportedRun[];
  /** The gems that the buildpacks say are installed. */
  gems: ReportedGem[];
  /** What layers set for the running app, in the order in which it is applied. */
  environment: ReportedVariable[];
  warnings: ReportedWarning[];
}

/** `tidy` removes the previous build, which takes long on some disks. */
export type BuildPhase = "prepare" | "detect" | "restore" | "build" | "store" | "tidy";

export interface ReportedSpan {
  name: string;
  start: number;
  duration: number;
}

/** A run of `bin/build`. Only our own buildpack tells its steps. */
export interface ReportedRun {
  buildpack: string;
  start: number;
  duration: number;
  steps: ReportedStep[];
}

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
  /** Why the buildpack made it anew; empty if it kept the layer. Absent if the buildpack does not say. */
  because?: string[];
}

/**
 * How a layer compares with that of the previous build: `reused` has the same content, `removed` does not
 * exist any more, `temporary` was only for later buildpacks and is not kept.
 */
export type LayerFate = "created" | "reused" | "changed" | "removed" | "temporary";

export interface ReportedVariable {
  name: string;
  /** Absent if the value may be a secret. */
  value?: string;
  behavior: EnvModification["behavior"];
  /** The type of the only process that has it; absent if all have it. */
  process?: string;
  buildpack: string;
  layer: string;
}

export interface ReportedWarning {
  /** The id of a buildpack, or `platform`. */
  from: string;
  /** The section of the log. */
  step?: string;
  /** What happened and what to do. It may have several lines. */
  text: string;
}
