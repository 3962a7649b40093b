import { realpath } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { printBuildSummary } from "../output/build-summary.ts";
import { type Exporter, prepareExport } from "../platform/export/exporter.ts";
import { writeSboms } from "../platform/export/sbom-directory.ts";
import { copyApp } from "../platform/inputs/app-copy.ts";
import { directoriesOfFileUrls } from "../platform/inputs/file-urls.ts";
import { readGivenVariables } from "../platform/inputs/given-variables.ts";
import { refusePlaceInside } from "../platform/inputs/app-place.ts";
import { readGitMetadata } from "../platform/inputs/git-metadata.ts";
import { withBindings } from "../platform/inputs/named-bindings.ts";
import type { ProjectDescriptor } from "../platform/inputs/project-descriptor.ts";
import { readVolumes, refuseOverlaps } from "../platform/inputs/volumes.ts";
import { buildApp } from "../platform/lifecycle/build-app.ts";
import type { BuildOptions } from "../platform/lifecycle/build-options.ts";
import { parsePlatformApi } from "../platform/lifecycle/platform-api.ts";
import type { Bind } from "../platform/sandbox/sandbox.ts";
import { claimState } from "../platform/state/claim-state.ts";
import { stateDirectoryFor } from "../platform/state/state-directory.ts";
import type { Clock } from "../system/clock.ts";
import type { BuildFlags } from "./build-options.ts";
import { checkResultPlaces, readDescriptor, type ResultPlaces } from "./build-places.ts";
import { type MachineOptions, machineOptions, openBuildSandbox } from "./build-machine.ts";
import { findBuildpacks } from "./build-buildpacks.ts";
import type { CommandContext } from "./command-context.ts";
import { type GemStoreOption, openGemStoreOption } from "./gem-store-option.ts";
import { addToJobSummary } from "./job-summary-file.ts";
import { type WholeReport, writeReport } from "./report-file.ts";

/** `lapidary build`: builds the app, prints the result, and writes the report asked for. */
export async function buildCommand(
  appPath: string,
  flags: BuildFlags,
  context: CommandContext,
): Promise<void> {
  const prepared = await prepareBuild(appPath, flags, context);
  const { app, exporter } = prepared;
  await exporter?.adopt();
  const built = await withBindings(
    flags.binding,
    context.cwd,
    async (bindings) => await buildApp(await buildOptions(prepared, bindings, flags, context)),
  );
  const report = { app: basename(app), date: context.clock.today(), ...built };
  const whole = exporter ? await withImage(report, exporter, context.clock) : report;
  await publishReport(whole, prepared, context);
}

/** What the command line and the app's files say, checked before anything is built. */
interface PreparedBuild {
  /** The real path of the app. */
  app: string;
  state: string;
  places: ResultPlaces;
  jobSummary: string | undefined;
  project: ProjectDescriptor;
  /** Where relative paths in `project` start. */
  directory: string;
  given: Readonly<Record<string, string>>;
  volumes: readonly Bind[];
  store: GemStoreOption;
  machine: MachineOptions;
  exporter: Exporter | undefined;
}

async function prepareBuild(
  appPath: string,
  flags: BuildFlags,
  context: CommandContext,
): Promise<PreparedBuild> {
  const { env, cwd } = context;
  const statePath = await stateDirectoryFor(appPath, flags.state, context);
  const app = await realpath(resolve(cwd, appPath));
  await refusePlaceInside(app, statePath, "The state directory");
  const places = await checkResultPlaces(app, flags, cwd);
  const { project, directory } = await readDescriptor(app, flags, cwd);
  const given = await readGivenVariables({ env: flags.env, envFiles: flags.envFile }, env);
  const volumes = await readVolumes(flags.volume, cwd, flags.workspace);
  const machine = await machineOptions(flags, context);
  const state = await claimState(statePath, flags.state === undefined);
  const exporter = await prepareExport({
    line: { app, ...imageOptions(flags) },
    ...{ state, target: machine.target, ...context },
    projectMetadata: await readGitMetadata(app),
  });
  const { uid, gid } = flags;
  const store = await openGemStoreOption(flags.gemStore, { app, cwd, uid, gid });
  refuseOverlaps([...volumes, ...store.binds]);
  const jobSummary = env["GITHUB_STEP_SUMMARY"];
  return {
    ...{ app, state, places, jobSummary, project, directory },
    ...{ given, volumes, store, machine, exporter },
  };
}

async function buildOptions(
  prepared: PreparedBuild,
  bindings: BuildOptions["bindings"],
  flags: BuildFlags,
  context: CommandContext,
): Promise<BuildOptions> {
  const { app, state, places, jobSummary, project, directory } = prepared;
  const { given, volumes, store, machine, exporter } = prepared;
  const results = [...(exporter?.places ?? []), ...(places.report ? [places.report] : [])];
  return {
    ...machine,
    ...(exporter ? { target: exporter.target } : {}),
    state,
    copyApp: async (destination) => await copyApp(app, destination, { ...project, results }),
    openSandbox: openBuildSandbox(flags, context, {
      binds: [...volumes, ...store.binds],
      shown: await directoriesOfFileUrls(given),
      ownTree: state,
      scratch: join(state, "scratch"),
    }),
    buildpacks: await findBuildpacks(directory, flags.buildpack, project, context),
    platformApi: parsePlatformApi(flags.platformApi),
    execEnv: flags.execEnv,
    env: { ...project.env, ...given, ...store.env },
    bindings,
    keepOutputs: async (outputs) => {
      if (places.sboms !== undefined) await writeSboms(places.sboms, outputs);
    },
    clearCache: flags.clearCache ?? false,
    debug: flags.verbose ?? false,
    printer: context.printer,
    clock: context.clock,
    signal: context.signal,
    wantsFacts: places.report !== undefined || Boolean(jobSummary),
  };
}

async function publishReport(
  report: WholeReport,
  { places, jobSummary }: PreparedBuild,
  { cwd, printer, umask }: CommandContext,
): Promise<void> {
  await printBuildSummary(printer, report);
  if (places.report !== undefined) await writeReport(places.report, report, 0o666 & ~umask);
  if (jobSummary) await addToJobSummary(resolve(cwd, jobSummary), report, printer);
}

/** Exports the image, and adds it and the time that it took to the report. */
async function withImage(
  report: WholeReport,
  exporter: Exporter,
  clock: Clock,
): Promise<WholeReport> {
  const started = clock.now();
  const image = await exporter.export();
  const duration = Math.round(clock.now() - started);
  const phase = { name: "export", start: report.durations.total, duration };
  return { ...report, timeline: [...report.timeline, phase], image };
}

function imageOptions(flags: BuildFlags) {
  const { image, runImage, lifecycle, runRoot, buildRoot, insecureRegistry } = flags;
  const { tag, previousImage, cacheImage, defaultProcess, creationTime } = flags;
  return {
    ...{ image, runImage, lifecycle, runRoot, buildRoot, insecureRegistry },
    ...{ tag, previousImage, cacheImage, defaultProcess, creationTime },
  };
}
