import { join } from "node:path";
import type { Env } from "../../cnb/layers/env-modification.ts";
import { BuildpackError } from "../../failure.ts";
import { lifecycleToml, sortKeys } from "./lifecycle-toml.ts";
import { buildpackEnv, type EnvironmentSources, withBuildLayer } from "./buildpack-environment.ts";
import type { BuildOptions } from "./build-options.ts";
import { escapeId } from "../../cnb/names.ts";
import { type Buildpack, nameOf, storePath } from "./buildpack-store.ts";
import { type BuildpackOutputs, readBuildpackOutputs } from "./buildpack-outputs.ts";
import type { BuildFacts } from "../../output/build-facts.ts";
import type { ReportedRun } from "../report/build-report.ts";
import { offerFacts, runWith, takeFacts } from "../report/buildpack-facts.ts";
import type { Stopwatch } from "../report/stopwatch.ts";
import type { Detected } from "./detect.ts";
import type { PlanEntry } from "./plan-resolution.ts";
import type { Ids, Sandbox } from "../sandbox/sandbox.ts";
import { makeDirectoryInside, writeInside } from "../../system/inside/open-inside.ts";
import { discardTree } from "../../system/tree.ts";

export interface BuildContext extends Pick<BuildOptions, "printer" | "signal" | "wantsFacts"> {
  sandbox: Sandbox;
  baseEnv: Env;
  sources: EnvironmentSources;
  owner: Ids | undefined;
  /** Measures the runs, for a report. */
  stopwatch?: Pick<Stopwatch, "now">;
  onStep: NonNullable<BuildOptions["onStep"]>;
}

/** What a buildpack made, and what its run did. */
export interface Built extends BuildpackOutputs {
  run: ReportedRun;
  facts: BuildFacts | undefined;
}

/**
 * Runs `bin/build` of each buildpack of the group in order. Each gets the environment from the build
 * layers of earlier ones, and the entries of the plan that are not met yet.
 *
 * Spec: Buildpack Interface, Build.
 *
 * @throws BuildpackError `platform/build-failed` or `platform/build-output-invalid`; buildpacks
 * after the one that failed are not run.
 */
export async function build({ group, entries }: Detected, context: BuildContext): Promise<Built[]> {
  const outputs: Built[] = [];
  let env = context.baseEnv;
  let open: readonly PlanEntry[] = entries;
  for (const buildpack of group) {
    const plan = open.filter(({ providers }) => providers.includes(buildpack.id));
    const output = await runBuild(buildpack, plan, env, context);
    open = open.filter((entry) => !plan.includes(entry) || output.unmet.includes(entry.name));
    env = await withBuildLayers(env, output, context.sandbox);
    outputs.push(output);
    context.onStep("buildpack built");
  }
  return outputs;
}

async function runBuild(
  buildpack: Buildpack,
  plan: readonly PlanEntry[],
  baseEnv: Env,
  context: BuildContext,
): Promise<Built> {
  const { sandbox, owner, stopwatch } = context;
  const layersDirectory = join(sandbox.host.layers, escapeId(buildpack.id));
  const planDirectory = join(sandbox.host.layers, ".plan");
  // Restored layers are their owner's already, and there may be very many files.
  await makeDirectoryInside(sandbox.host.layers, escapeId(buildpack.id), owner);
  await discardTree(planDirectory);
  await makeDirectoryInside(sandbox.host.layers, ".plan", owner);
  await writeInside(sandbox.host.layers, ".plan/plan.toml", planToml(plan), { owner });
  const offered = context.wantsFacts ? await offerFacts(sandbox, owner) : {};
  const start = stopwatch?.now() ?? 0;
  try {
    await runProgram(buildpack, { baseEnv, offered }, context);
  } finally {
    await discardTree(planDirectory);
  }
  const duration = (stopwatch?.now() ?? 0) - start;
  const facts = context.wantsFacts ? await takeFacts(sandbox) : undefined;
  const planned = plan.map(({ name }) => name);
  const inside = join(sandbox.inside.layers, escapeId(buildpack.id));
  const outputs = await readBuildpackOutputs(buildpack, { host: layersDirectory, inside }, planned);
  return { ...outputs, facts, run: runWith(facts, { buildpack: buildpack.id, start, duration }) };
}

async function runProgram(
  buildpack: Buildpack,
  { baseEnv, offered }: { baseEnv: Env; offered: Env },
  { sandbox, sources, printer, signal }: BuildContext,
): Promise<void> {
  const { inside } = sandbox;
  const directory = join(inside.buildpacks, storePath(buildpack));
  const layersDirectory = join(inside.layers, escapeId(buildpack.id));
  const planPath = join(inside.layers, ".plan/plan.toml");
  const env = await buildpackEnv(baseEnv, buildpack, sources, {
    CNB_BUILDPACK_DIR: directory,
    CNB_BP_PLAN_PATH: planPath,
    CNB_LAYERS_DIR: layersDirectory,
    CNB_PLATFORM_DIR: inside.platform,
    ...offered,
  });
  const { exitCode } = await sandbox.run({
    file: join(directory, "bin/build"),
    args: [layersDirectory, inside.platform, planPath],
    cwd: inside.app,
    env,
    onText: (text) => printer.passOn(text),
    ...(signal ? { signal } : {}),
  });
  signal?.throwIfAborted();
  if (exitCode === 0) return;
  throw new BuildpackError({
    code: "platform/build-failed",
    buildpack: nameOf(buildpack),
    exitCode,
  });
}

/** A buildpack gets all requirements of the names that it provides, with their metadata. */
function planToml(plan: readonly PlanEntry[]): string {
  const entries = plan.flatMap(({ requires }) => requires);
  if (entries.length === 0) return "";
  return lifecycleToml({
    entries: entries.map(({ name, metadata }) => ({ name, metadata: sortKeys(metadata) })),
  });
}

async function withBuildLayers(
  env: Env,
  { buildpack, directory, layers }: BuildpackOutputs,
  { inside }: Sandbox,
): Promise<Env> {
  let result = env;
  for (const [name, { types }] of layers) {
    if (!types.build) continue;
    const path = {
      host: join(directory, name),
      inside: join(inside.layers, escapeId(buildpack.id), name),
    };
    result = await withBuildLayer(result, path);
  }
  return result;
}
