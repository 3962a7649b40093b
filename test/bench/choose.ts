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
 * Everything, or what `--only NAME,NAME` names.
 *
 * @throws Unavailable for another name.
 */
export function chooseMeasurements(only: string | undefined): Choice {
  if (only === undefined) return { others, scenarios };
  const known = [...others, ...scenarios.map(({ name }) => name)];
  const wanted = only.split(",");
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Unavailable(
      `\`--only ${unknown}\` names no measurement. There are: ${known.join(", ")}`,
    );
  }
  return {
    others: others.filter((name) => wanted.includes(name)),
    scenarios: scenarios.filter(({ name }) => wanted.includes(name)),
  };
}
