/*
 * The parts of the JSON report of a build that the page and the job summary show. Sizes are in bytes, times
 * in milliseconds, and starts are relative to the start of the build.
 */

export interface Span {
  start: number;
  duration: number;
}

export interface ShownStep extends Span {
  title: string;
  commands: readonly (Span & { text: string; failed: boolean })[];
  notes: readonly string[];
}

export interface ShownLayer {
  buildpack: string;
  name: string;
  types: Readonly<{ launch: boolean; build: boolean; cache: boolean }>;
  bytes: number;
  fate: "created" | "reused" | "changed" | "removed" | "temporary";
  because?: readonly string[];
}

export interface ShownGem {
  name: string;
  version: string;
  bytes: number;
  compiled: boolean;
}

export interface ShownProcess {
  type: string;
  command: readonly string[];
  args: readonly string[];
  buildpack: string;
  workingDirectory?: string;
}

export interface ShownVariable {
  name: string;
  /** Absent if it may be a secret. */
  value?: string;
  behavior: string;
  process?: string;
  buildpack: string;
  layer: string;
}

export interface ShownWarning {
  from: string;
  step?: string;
  text: string;
}

export interface ShownImage {
  digest: string;
  layers: readonly { name: string; bytes: number; reused: boolean }[];
  newBytes: number;
  reusedBytes: number;
}

export interface ShownReport {
  app: string;
  /** `YYYY-MM-DD` in UTC. */
  date: string;
  buildpacks: readonly { id: string; version: string }[];
  durations: { total: number };
  timeline: readonly (Span & { name: string })[];
  runs: readonly (Span & { buildpack: string; steps: readonly ShownStep[] })[];
  layers: readonly ShownLayer[];
  gems: readonly ShownGem[];
  processes: readonly ShownProcess[];
  defaultProcess?: string;
  environment: readonly ShownVariable[];
  warnings: readonly ShownWarning[];
  image?: ShownImage;
}
