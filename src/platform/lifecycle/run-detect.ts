import { join, relative } from "node:path";
import type { BuildPlan } from "../../cnb/build-plan.ts";
import { buildPlanSchema } from "../../cnb/build-plan-schema.ts";
import type { Env } from "../../cnb/layers/env-modification.ts";
import { tryReadTomlInside } from "../../cnb/toml-file.ts";
import { buildpackEnv, type EnvironmentSources } from "./buildpack-environment.ts";
import type { BuildOptions } from "./build-options.ts";
import { type Buildpack, nameOf, storePath } from "./buildpack-store.ts";
import type { Ids, Sandbox } from "../sandbox/sandbox.ts";
import { writeInside } from "../../system/inside/open-inside.ts";

/** The result of one `bin/detect`, with the lines of both output streams. */
export type DetectOutcome =
  | { result: "pass"; plan: BuildPlan; lines: string[] }
  | { result: "fail"; lines: string[] }
  | { result: "error"; problem: string; lines: string[] };

export interface DetectContext extends Pick<BuildOptions, "signal"> {
  sandbox: Sandbox;
  /** A directory below the layers directory, for the build plans. */
  plansDirectory: string;
  baseEnv: Env;
  sources: EnvironmentSources;
  owner: Ids | undefined;
}

/** Runs `bin/detect` in the app directory. A failure of it is an outcome, not an error. */
export async function runDetect(
  buildpack: Buildpack,
  context: DetectContext,
): Promise<DetectOutcome> {
  const { inside, host } = context.sandbox;
  const planPath = join(context.plansDirectory, `${storePath(buildpack).replace("/", "@")}.toml`);
  const plan = relative(host.layers, planPath);
  await writeInside(host.layers, plan, "", { mode: 0o600, owner: context.owner });
  const planInside = join(inside.layers, plan);
  const directory = join(inside.buildpacks, storePath(buildpack));
  const env = await buildpackEnv(context.baseEnv, buildpack, context.sources, {
    CNB_BUILDPACK_DIR: directory,
    CNB_BUILD_PLAN_PATH: planInside,
    CNB_PLATFORM_DIR: inside.platform,
  });
  const { exitCode, lines } = await context.sandbox.run({
    file: join(directory, "bin/detect"),
    args: [inside.platform, planInside],
    cwd: inside.app,
    env,
    ...(context.signal ? { signal: context.signal } : {}),
  });
  context.signal?.throwIfAborted();
  return await outcomeOf(exitCode, lines, { layers: host.layers, path: plan });
}

async function outcomeOf(
  exitCode: number,
  lines: string[],
  { layers, path }: { layers: string; path: string },
): Promise<DetectOutcome> {
  if (exitCode === 100) return { result: "fail", lines };
  if (exitCode !== 0) {
    return { result: "error", problem: `bin/detect ended with exit code ${exitCode}`, lines };
  }
  const plan = await tryReadTomlInside(layers, path, buildPlanSchema);
  if (plan.state === "read") return { result: "pass", plan: plan.value, lines };
  const problem = plan.state === "invalid" ? plan.problem : "it was removed";
  return { result: "error", problem: `its build plan cannot be used: ${problem}`, lines };
}

/** One line for the log about the outcome of a detect. */
export function describeOutcome(buildpack: Buildpack, outcome: DetectOutcome): string {
  const name = `\`${nameOf(buildpack)}\``;
  if (outcome.result === "error") return `${name}: error, ${outcome.problem}`;
  return `${name}: ${outcome.result === "pass" ? "passed" : "did not pass"}`;
}
