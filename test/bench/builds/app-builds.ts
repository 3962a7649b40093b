import { type BuildSample, middleOf } from "./sample.ts";
import type { Scenario } from "./scenarios.ts";
import type { Subject } from "./subjects.ts";

/** All builds of one app. */
export interface AppBuilds {
  app: string;
  subjects: readonly Pick<Subject, "name" | "title">[];
  scenarios: readonly Scenario[];
  /** By the names of scenario and subject. */
  samples: ReadonlyMap<string, readonly BuildSample[]>;
  /** Scenarios that are not possible here, and why. */
  leftOut: readonly string[];
  /** Builds that failed, with the last line of their output. */
  failures: readonly string[];
}

/** Where the builds of a subject in a scenario are in `samples`. */
export function sampleKey(scenario: { name: string }, subject: { name: string }): string {
  return `${scenario.name}/${subject.name}`;
}

/** The middle one of the builds of a subject in a scenario; undefined if there are none. */
export function middleSample(
  { samples }: Pick<AppBuilds, "samples">,
  scenario: { name: string },
  subject: { name: string },
): BuildSample | undefined {
  return middleOf(samples.get(sampleKey(scenario, subject)) ?? []);
}
