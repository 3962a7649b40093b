import { discardTree } from "../../../src/system/tree.ts";
import { serveMirror } from "../../support/servers/mirror-server.ts";
import { type AppBuilds, sampleKey } from "./app-builds.ts";
import type { AppUnderTest, AppWorld } from "./app-under-test.ts";
import { type Bench, buildScenario } from "./build-scenario.ts";
import type { BuildSample } from "./sample.ts";
import type { Scenario } from "./scenarios.ts";
import type { Subject } from "./subjects.ts";

export interface BuildsRequest {
  world: AppWorld;
  /** A directory for everything that is built. It is removed at the end. */
  directory: string;
  subjects: readonly Subject[];
  scenarios: readonly Scenario[];
  rounds: number;
  onSample: (line: string) => void;
}

/** Builds an app in each scenario with each subject in turn, round after round. */
export async function measureBuilds(app: AppUnderTest, request: BuildsRequest): Promise<AppBuilds> {
  const { world, scenarios, subjects, rounds, directory, onSample } = request;
  const server = await serveMirror(world.mirror);
  const bench = { app, world, inventory: server.inventory, directory };
  const results: Results = { samples: new Map(), leftOut: new Set(), failures: new Set() };
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const scenario of scenarios) {
        for (const subject of subjects) {
          await measure(bench, { round, scenario, subject, onSample }, results);
        }
      }
    }
  } finally {
    await server.close();
    await discardTree(directory);
  }
  const { samples, leftOut, failures } = results;
  return {
    app: app.name,
    subjects,
    scenarios,
    samples,
    leftOut: [...leftOut],
    failures: [...failures],
  };
}

interface Turn {
  round: number;
  scenario: Scenario;
  subject: Subject;
  onSample: BuildsRequest["onSample"];
}

interface Results {
  samples: Map<string, BuildSample[]>;
  leftOut: Set<string>;
  failures: Set<string>;
}

/** A build that fails must not cost the results of an hour. */
async function measure(bench: Bench, turn: Turn, results: Results): Promise<void> {
  const { round, scenario, subject, onSample } = turn;
  if (scenario.store && !subject.options.has("--gem-store")) return;
  const what = `${bench.app.name}, ${scenario.title}, ${subject.title}`;
  try {
    const sample = await buildScenario(bench, scenario, subject);
    if (typeof sample === "string") {
      results.leftOut.add(`${scenario.title}: ${sample}`);
      return;
    }
    const key = sampleKey(scenario, subject);
    results.samples.set(key, [...(results.samples.get(key) ?? []), sample]);
    onSample(`${what}, round ${round}: ${(sample.total / 1000).toFixed(2)} s`);
  } catch (error) {
    results.failures.add(`${what}: ${String(error).trimEnd().split("\n").at(-1)}`);
    onSample(`${what}, round ${round}: failed:\n${String(error)}`);
  }
}
