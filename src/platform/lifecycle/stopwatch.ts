import type { Clock } from "../../system/clock.ts";
import type { BuildPhase, BuildReport } from "./build-report.ts";

/** Times the phases of one build. */
export interface Stopwatch {
  time<T>(phase: BuildPhase, work: () => Promise<T>): Promise<T>;
  /** Milliseconds per phase, and since the start. */
  durations(): BuildReport["durations"];
}

export function startStopwatch(clock: Clock): Stopwatch {
  const started = clock.now();
  const phases = { prepare: 0, detect: 0, restore: 0, build: 0, store: 0, tidy: 0 };
  return {
    time: async (phase, work) => {
      const began = clock.now();
      const result = await work();
      phases[phase] = Math.round(clock.now() - began);
      return result;
    },
    durations: () => ({ ...phases, total: Math.round(clock.now() - started) }),
  };
}
