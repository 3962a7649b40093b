import { mkdir } from "node:fs/promises";
import { join } from "node:path";
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
import { discardTree } from "../../system/tree.ts";
import { giveTo } from "../sandbox/owner.ts";

export interface DetectOptions
  extends
    Omit<DetectContext, "plansDirectory">,
    Pick<BuildOptions, "platformApi" | "printer" | "debug"> {
  order: Order;
  buildpacks: readonly Buildpack[];
}

/** The buildpacks that build this app, in order, and what each of them has to provide. */
export interface Detected {
  group: Buildpack[];
  entries: PlanEntry[];
}

/**
 * Finds the first group of the order whose buildpacks fit the app and each other. Each `bin/detect`
 * runs at most once, those of one group at the same time.
 *
 * Spec: Buildpack Interface, Detection.
 *
 * @throws BuildpackError `platform/no-group-detected` or `platform/plan-unresolved`.
 */
export async function detect(options: DetectOptions): Promise<Detected> {
  const plansDirectory = join(options.sandbox.host.layers, ".detect");
  await mkdir(plansDirectory);
  await giveTo(options.owner, plansDirectory);
  const detection = new Detection({ ...options, plansDirectory });
  try {
    const detected = await detection.tryOrder(options.order, [], [], false);
    if (options.debug || !detected) await printOutcomes(options.printer, detection);
    if (!detected) throw failureOf(detection);
    return detected;
  } finally {
    await discardTree(plansDirectory);
  }
}

interface Member {
  buildpack: Buildpack;
  optional: boolean;
}

/** What has been found out so far: no group undoes what another one learned. */
class Detection {
  readonly runs = new Map<string, { buildpack: Buildpack; outcome: Promise<DetectOutcome> }>();
  readonly outcomes: string[] = [];
  planProblems: string[] = [];
  sawError = false;

  private readonly options: DetectOptions & { plansDirectory: string };

  constructor(options: DetectOptions & { plansDirectory: string }) {
    this.options = options;
  }

  /** Tries each group with `next` after it; where all of an optional order fail, `next` alone. */
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

  /** Since Platform API 0.15 and Buildpack API 0.12, others are as if the order did not name them. */
  private isForExecEnv({ descriptor }: Buildpack): boolean {
    const { platformApi, sources } = this.options;
    const { execEnv = [] } = descriptor.buildpack;
    if (execEnv.length === 0 || !isAtLeast(platformApi, "0.15")) return true;
    if (!isAtLeast(descriptor.api, "0.12")) return true;
    return execEnv.includes(sources.execEnv ?? "production");
  }

  /** An optional buildpack's detect runs on any target: that is how lifecycles behave. */
  private start(buildpack: Buildpack, optional: boolean): void {
    const { platformApi, sources } = this.options;
    const name = nameOf(buildpack);
    const checksTarget = isAtLeast(platformApi, "0.12") && !optional;
    if (checksTarget && !runsOn(buildpack.descriptor, sources.target)) {
      // Also where an earlier group ran it as an optional one and it passed.
      this.runs.set(name, { buildpack, outcome: Promise.resolve(wrongTarget) });
      return;
    }
    if (this.runs.has(name)) return;
    const outcome = runDetect(buildpack, this.options);
    // A rejection is met where the outcome is awaited; until then it must not count as unhandled.
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
    // An error of an optional buildpack alone is no reason why a group fails.
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
  problem: "its buildpack.toml names no target that this build has",
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
