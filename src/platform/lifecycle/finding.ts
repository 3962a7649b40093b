import type { BuildReport, ReportedLayer, ReportedWarning } from "../report/build-report.ts";
import type { Built } from "./build.ts";
import type { LaunchMetadata } from "./launch-metadata.ts";

/** The report of a build without its durations and timeline, which are known at its end. */
export type BuildFinding = Omit<BuildReport, "durations" | "timeline">;

interface FindingRequest extends Pick<BuildReport, "platformApi" | "layers" | "environment"> {
  launch: LaunchMetadata;
  outputs: readonly Built[];
  /** Those of the platform itself. */
  warnings: readonly string[];
}

/** The report of a build, as far as it goes before the build has ended. */
export function findingOf(request: FindingRequest): BuildFinding {
  const { platformApi, launch, outputs, warnings, environment } = request;
  const { defaultProcess } = launch;
  return {
    platformApi,
    buildpacks: launch.buildpacks.map(({ id, version }) => ({ id, version })),
    processes: processesOf(launch),
    ...(defaultProcess === undefined ? {} : { defaultProcess }),
    layers: request.layers.map((layer) => withReasons(layer, outputs)),
    runs: outputs.map(({ run }) => run),
    gems: outputs.flatMap(({ facts }) => facts?.gems ?? []),
    environment,
    warnings: [...outputs.flatMap(warningsOf), ...warnings.map(ofPlatform)],
  };
}

function processesOf({ processes }: LaunchMetadata): BuildReport["processes"] {
  return processes.map(({ type, command, args = [], buildpack, workingDir }) => ({
    type,
    command,
    args,
    buildpack,
    ...(workingDir === undefined ? {} : { workingDirectory: workingDir }),
  }));
}

function withReasons(layer: ReportedLayer, outputs: readonly Built[]): ReportedLayer {
  if (layer.fate === "removed") return layer;
  const output = outputs.find(({ buildpack }) => buildpack.id === layer.buildpack);
  const told = output?.facts?.layers.find(({ name }) => name === layer.name);
  return told ? { ...layer, because: told.because } : layer;
}

function warningsOf({ run }: Built): ReportedWarning[] {
  return run.steps.flatMap(({ title, warnings }) =>
    warnings.map((text) => ({ from: run.buildpack, step: title, text })),
  );
}

function ofPlatform(text: string): ReportedWarning {
  return { from: "platform", text };
}
