import type { Env } from "../../cnb/layers/env-modification.ts";
import type { Section } from "../../output/printer.ts";
import { allowedEnv, type EnvironmentSources } from "./buildpack-environment.ts";
import type { BuildOptions, BuildStep } from "./build-options.ts";
import type { BuildReport, ReportedLayer, ReportedVariable } from "../report/build-report.ts";
import { type LayerPlace, launchEnvironment } from "../report/launch-environment.ts";
import { build } from "./build.ts";
import { type Buildpack, readBuildpacks, storePath } from "./buildpack-store.ts";
import { detect } from "./detect.ts";
import {
  buildMetadataLabel,
  execEnvLabel,
  type LaunchMetadata,
  launchMetadataToml,
  mergeLaunch,
} from "./launch-metadata.ts";
import { checkOrder, type Order, orderOf } from "./order.ts";
import { readPlatformFiles } from "./platform-directory.ts";
import { restore, type RestoredLayers } from "./restore.ts";
import type { Ids, Sandbox } from "../sandbox/sandbox.ts";
import { type OpenState, openState } from "../state/state.ts";
import { startStopwatch, type Stopwatch } from "../report/stopwatch.ts";
import { type BuildFinding, findingOf } from "./finding.ts";
import { storeLayers, storeRest } from "./store-layers.ts";
import { type StoredBuild, storedLayerPath } from "../state/stored-build.ts";
import { giveTo } from "../sandbox/owner.ts";

/**
 * Builds an app as a lifecycle does: detect, restore, build, and then store the content of the image and
 * the cache. If all of it succeeds, the result becomes the current build of the state directory; otherwise
 * the state directory stays unchanged. The output of buildpacks is printed as it arrives.
 *
 * @throws BuildpackError for every failure; the reason of `signal` if it was aborted.
 */
export async function buildApp(options: BuildOptions): Promise<BuildReport> {
  const buildpacks = await readBuildpacks(options.buildpacks, options.order);
  const order = options.order ?? orderOf(buildpacks);
  checkOrder(order, buildpacks);
  const onStep = options.onStep ?? (() => {});
  const stopwatch = startStopwatch(options.clock);
  const state = await openState(options.state, onStep);
  let report: BuildFinding;
  try {
    onStep("state locked");
    report = await buildInState({ ...options, onStep, order, known: buildpacks, state, stopwatch });
  } finally {
    await state.close();
  }
  return { ...report, durations: stopwatch.durations(), timeline: stopwatch.timeline() };
}

interface Work extends Omit<BuildOptions, "state" | "order" | "onStep"> {
  order: Order;
  /** Every buildpack that was given. */
  known: readonly Buildpack[];
  state: OpenState;
  stopwatch: Stopwatch;
  onStep: (step: BuildStep) => void;
}

async function buildInState(work: Work): Promise<BuildFinding> {
  const sandbox = await work.stopwatch.time("prepare", () => prepare(work));
  try {
    await giveTo(sandbox.owner, ...Object.values(work.state.work));
    return await buildInSandbox(work, sandbox);
  } finally {
    await sandbox.close();
  }
}

async function prepare(work: Work): Promise<Sandbox> {
  const { state, known } = work;
  await work.copyApp(state.work.app);
  work.onStep("app copied");
  const files = await readPlatformFiles(work);
  work.signal?.throwIfAborted();
  const mounts = known.map((buildpack) => {
    return { path: storePath(buildpack), host: buildpack.directory };
  });
  const sandbox = await work.openSandbox({ host: state.work, buildpacks: mounts });
  try {
    await sandbox.fillPlatform(files);
    return sandbox;
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

async function buildInSandbox(work: Work, sandbox: Sandbox): Promise<BuildFinding> {
  const { stopwatch, signal, order, known, onStep } = work;
  const context = { ...work, sandbox, ...environmentOf(work, sandbox), owner: sandbox.owner };
  const previous = usablePrevious(work, sandbox);
  printPhase(work, "DETECTING");
  const detected = await stopwatch.time("detect", () =>
    detect({ ...context, order, buildpacks: known }),
  );
  onStep("detected");
  signal?.throwIfAborted();
  work.printer.plain(...detected.group.map(({ id, version }) => `${id} ${version}`));
  printPhase(work, "RESTORING");
  const restored = await stopwatch.time("restore", () =>
    restoreFrom(context, previous, detected.group),
  );
  signal?.throwIfAborted();
  printPhase(work, "BUILDING");
  const outputs = await stopwatch.time("build", () => build(detected, context));
  onStep("all buildpacks built");
  const warnings: string[] = [];
  const warn = (text: string) => {
    warnings.push(text);
    work.printer.plain(`Warning: ${text}`);
  };
  const launch = mergeLaunch(outputs, warn);
  const finished = { work, sandbox, previous, restored, outputs, launch, warn };
  printPhase(work, "EXPORTING");
  const stored = await work.printer.section("Store", (section) => storeIn(section, finished));
  return findingOf({ ...stored, platformApi: work.platformApi, launch, outputs, warnings });
}

/** The headings of `pack`, so that the logs read alike. */
function printPhase({ printer }: Work, phase: string): void {
  printer.plain(`===> ${phase}`);
}

function environmentOf(
  work: Work,
  { inside }: Sandbox,
): { baseEnv: Env; sources: EnvironmentSources } {
  const { env: userEnv, buildConfig, target, execEnv } = work;
  const baseEnv = { HOME: inside.home, ...allowedEnv(work.imageEnv) };
  return { baseEnv, sources: { userEnv, buildConfig, target, execEnv } };
}

/** Layers contain the paths at which they were built, so a build at other paths cannot reuse them. */
function usablePrevious({ state, printer }: Work, { inside }: Sandbox): StoredBuild | undefined {
  const { previous } = state;
  if (!previous) return undefined;
  const { app, layers } = previous.inside;
  if (app === inside.app && layers === inside.layers) return previous;
  printer.plain(
    `The previous build is not reused: it ran at ${app} and ${layers}, and this one runs at ${inside.app} and ${inside.layers}`,
  );
  return undefined;
}

async function restoreFrom(
  work: Work & { owner: Ids | undefined },
  previous: StoredBuild | undefined,
  group: readonly Buildpack[],
): Promise<RestoredLayers> {
  if (!previous) return new Map();
  return await restore({ ...work, group, layersDirectory: work.state.work.layers, previous });
}

interface Finished {
  work: Work;
  sandbox: Sandbox;
  previous: StoredBuild | undefined;
  restored: RestoredLayers;
  outputs: Awaited<ReturnType<typeof build>>;
  launch: LaunchMetadata;
  warn: (text: string) => void;
}

interface Stored {
  layers: ReportedLayer[];
  environment: ReportedVariable[];
}

async function storeIn(section: Section, finished: Finished): Promise<Stored> {
  const { stopwatch, state, onStep } = finished.work;
  const stored = await section.timed(
    "Storing app, layers and cache",
    async () => await stopwatch.time("store", async () => await store(finished)),
  );
  if (!state.previous) return stored;
  const tidy = async () => await stopwatch.time("tidy", state.removeOld);
  await section.timed("Removing the previous build", tidy);
  onStep("previous build removed");
  return stored;
}

async function store(finished: Finished): Promise<Stored> {
  const { work, sandbox, outputs, launch } = finished;
  const { state, platformApi, execEnv } = work;
  const { staged } = state;
  const { inside, ids } = sandbox;
  const stored = await storeLayers({ ...finished, staged, inside, ids });
  const environment = await launchEnvironment(launchPlaces(stored.report, staged));
  const metadataToml = launchMetadataToml(launch, platformApi);
  await storeRest(state.work, outputs, staged, { metadataToml, platformApi });
  work.onStep("layers stored");
  work.signal?.throwIfAborted();
  const { app, layers } = inside;
  const labels = {
    "io.buildpacks.build.metadata": buildMetadataLabel(launch, platformApi),
    ...execEnvLabel(platformApi, execEnv),
  };
  const buildpackLabels = Object.fromEntries(launch.labels.map(({ key, value }) => [key, value]));
  const { image, cache } = stored;
  // Before the commit: a full disk must not fail a build that is the current one already.
  await work.keepOutputs?.(outputs);
  await state.commit({
    ...{ inside: { app, layers }, ids, platformApi, labels, buildpackLabels, image, cache },
  });
  return { layers: stored.report, environment };
}

/** Where the launch layers of a stored build are. */
function launchPlaces(layers: readonly ReportedLayer[], staged: string): LayerPlace[] {
  const kept = layers.filter(({ types, fate }) => types.launch && fate !== "removed");
  return kept.map(({ buildpack, name, types }) => {
    const directory = storedLayerPath({ path: staged }, buildpack, name, types);
    return { buildpack, layer: name, directory };
  });
}
