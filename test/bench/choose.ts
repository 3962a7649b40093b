import { Unavailable } from "../../scripts/unavailable.ts";
import { type Scenario, scenarios } from "./builds/scenarios.ts";

/** What a run of the benchmark measures. */
export interface Choice {
  /** Names of the measurements besides builds. */
  others: readonly string[];
  scenarios: readonly Scenario[];
}

const others = ["lockfile", "detect", "launch"];

/**
 * Everything, or what `--only NAME` names.
 *
 * @throws Unavailable for another name.
 */
export function chooseMeasurements(only: string | undefined): Choice {
  if (only === undefined) return { others, scenarios };
  const chosen = {
    others: others.filter((name) => name === only),
    scenarios: scenarios.filter(({ name }) => name === only),
  };
  if (chosen.others.length + chosen.scenarios.length > 0) return chosen;
  const names = [...others, ...scenarios.map(({ name }) => name)].join(", ");
  throw new Unavailable(`\`--only ${only}\` names no measurement. There are: ${names}`);
}
