import { join } from "node:path";
import { isForExecEnv } from "../../cnb/exec-env.ts";
import { BuildpackError } from "../../failure.ts";
import type { Printer } from "../../output/printer.ts";
import type { BuildOptions } from "./build-options.ts";
import { type Buildpack, nameOf } from "./buildpack-store.ts";
import { findBuildpack, type GroupElement, type Order } from "./order.ts";
import { type Candidate, type PlanEntry, resolvePlan } from "./plan-resolution.ts";
import { isAtLeast } from "./platform-api.ts";
import {
  describeOutcome,
  type DetectContext,
  type DetectOutcome,
  runDetect,
} from "./run-detect.ts";
import { runsOn } from "./target-match.ts";
import { listInside, makeDirectoryInside } from "../../system/inside/open-inside.ts";
import { discardTree } from "../../system/tree.ts";

export interface DetectOptions
  extends
    Omit<DetectContext, "plansDirectory">,
    Pick<BuildOptions, "platformApi" | "printer" | "debug"> {
  order: Order;
  buildpacks: readonly Buildpack[];
}

/** The buildpacks that build this app, in order, and the entries of the build plan. */
export interface Detected {
  group: Buildpack[];
  entries: PlanEntry[];
}

/**
 * Finds the first group of the order whose buildpacks detect the app and whose build plan resolves. Each
 * `bin/detect` runs at most once; those of one group run at the same time.
 *
 * Spec: Buildpack Interface, Detection.
 *
 * @throws BuildpackError `platform/no-group-detected` or `platform/plan-unresolved`.
 */
export async function detect(options: DetectOptions): Promise<Detected> {
  const { layers } = options.sandbox.host;
  const before = await namesIn(layers);
  const plansDirectory = join(layers, ".detect");
  await makeDirectoryInside(layers, ".detect", options.owner);
  const detection = new Detection({ ...options, plansDirectory });
  try {
    const detected = await detection.tryOrder(options.order, [], [], false);
    if (options.debug || !detected) await printOutcomes(options.printer, detection);
    if (!detected) throw failureOf(detection);
    return detected;
  } finally {
    await removeAllBut(before, layers);
  }
}

/**
 * Removes the plans and everything else that a `bin/detect` has written there, so that restored files are
 * not written through its links. Builds begin with an empty directory.
 */
async function removeAllBut(before: readonly string[], layers: string): Promise<void> {
  const added = (await namesIn(layers)).filter((name) => !before.includes(name));
  for (const name of added) await discardTree(join(layers, name));
}

async function namesIn(directory: string): Promise<string[]> {
  return (await listInside(directory, "")).map(({ name }) => name);
}

interface Member {
  buildpack: Buildpack;
  optional: boolean;
}

/** The results so far. They are kept from group to group. */
class Detection {
  readonly runs = new Map<string, { buildpack: Buildpack; outcome: Promise<DetectOutcome> }>();
  readonly outcomes: string[] = [];
  planProblems: string[] = [];
  sawError = false;

  private readonly options: DetectOptions & { plansDirectory: string };

  constructor(options: DetectOptions & { plansDirectory: string }) {
    this.options = options;
  }

  /** Tries each group followed by `next`. If all groups of an optional order fail, it tries `next` alone. */
  async tryOrder(
    order: Order,
    done: readonly Member[],
    next: readonly GroupElement[],
    optional: boolean,
  ): Promise<Detected | undefined> {
    for (const { group } of order) {
      const detected = await this.tryGroup([...group, ...next], done);
      if (detected) return detected;
    }
    return optional ? await this.tryGroup(next, done) : undefined;
  }

  private async tryGroup(
    group: readonly GroupElement[],
    done: readonly Member[],
  ): Promise<Detected | undefined> {
    const members = [...done];
    for (const [index, element] of group.entries()) {
      if (members.some(({ buildpack }) => buildpack.id === element.id)) continue;
      const buildpack = findBuildpack(this.options.buildpacks, element);
      if (!this.isForExecEnv(buildpack)) continue;
      const optional = element.optional ?? false;
      const { order } = buildpack.descriptor;
      if (order) return await this.tryOrder(order, members, group.slice(index + 1), optional);
      members.push({ buildpack, optional });
      this.start(buildpack, optional);
    }
    return await this.resolve(members);
  }

  /** From Platform API 0.15 and Buildpack API 0.12 on, other buildpacks are skipped. */
  private isForExecEnv({ descriptor }: Buildpack): boolean {
    const { platformApi, sources } = this.options;
    if (!isAtLeast(platformApi, "0.15") || !isAtLeast(descriptor.api, "0.12")) return true;
    return isForExecEnv(descriptor.buildpack.execEnv, sources.execEnv);
  }

  /** Lifecycles run the detect of an optional buildpack on any target. */
  private start(buildpack: Buildpack, optional: boolean): void {
    const { platformApi, sources } = this.options;
    const name = nameOf(buildpack);
    const checksTarget = isAtLeast(platformApi, "0.12") && !optional;
    if (checksTarget && !runsOn(buildpack.descriptor, sources.target)) {
      // Also if an earlier group ran it as an optional buildpack and it passed.
      this.runs.set(name, { buildpack, outcome: Promise.resolve(wrongTarget) });
      return;
    }
    if (this.runs.has(name)) return;
    const outcome = runDetect(buildpack, this.options);
    // The rejection is handled when the outcome is awaited; until then it must not count as unhandled.
    outcome.catch(() => {});
    this.runs.set(name, { buildpack, outcome });
  }

  private async resolve(members: readonly Member[]): Promise<Detected | undefined> {
    const candidates: Candidate<Buildpack>[] = [];
    let fits = true;
    let hasError = false;
    for (const { buildpack, optional } of members) {
      const outcome = await this.outcomeOf(buildpack);
      if (outcome.result === "pass") candidates.push({ buildpack, optional, plan: outcome.plan });
      else fits &&= optional;
      hasError ||= outcome.result === "error";
    }
    // If only optional buildpacks ended with an error, the error is not what made the group fail.
    if (!fits) this.sawError ||= hasError;
    if (!fits || candidates.length === 0) return undefined;
    const resolution = resolvePlan(candidates);
    if (resolution.state === "resolved") return resolution;
    this.planProblems = resolution.problems;
    return undefined;
  }

  private async outcomeOf(buildpack: Buildpack): Promise<DetectOutcome> {
    const run = this.runs.get(nameOf(buildpack));
    if (!run) throw new Error(`detect of ${nameOf(buildpack)} was never started`);
    const outcome = await run.outcome;
    const line = describeOutcome(buildpack, outcome);
    if (!this.outcomes.includes(line)) this.outcomes.push(line);
    return outcome;
  }
}

const wrongTarget: DetectOutcome = {
  result: "error",
  problem: "its buildpack.toml does not list the target of this build",
  lines: [],
};

async function printOutcomes(printer: Printer, { runs }: Detection): Promise<void> {
  for (const { buildpack, outcome } of runs.values()) {
    const { lines, result } = await outcome;
    printer.plain(`======== Detect of ${nameOf(buildpack)}: ${result} ========`, ...lines);
  }
}

function failureOf({ sawError, outcomes, planProblems }: Detection): BuildpackError {
  if (planProblems.length > 0 && !sawError) {
    return new BuildpackError({ code: "platform/plan-unresolved", problems: planProblems });
  }
  return new BuildpackError({ code: "platform/no-group-detected", errors: sawError, outcomes });
}
