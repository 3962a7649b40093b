import type { Clock } from "../../system/clock.ts";
import type { BuildPhase, BuildReport, ReportedSpan } from "./build-report.ts";

/** Measures the phases of one build. */
export interface Stopwatch {
  time<T>(phase: BuildPhase, work: () => Promise<T>): Promise<T>;
  /** Milliseconds since the start. */
  now(): number;
  /** Milliseconds per phase, and since the start. */
  durations(): BuildReport["durations"];
  /** The phases that have ended, in the order in which they started. */
  timeline(): ReportedSpan[];
}

export function startStopwatch(clock: Clock): Stopwatch {
  const started = clock.now();
  const now = () => Math.round(clock.now() - started);
  const phases = { prepare: 0, detect: 0, restore: 0, build: 0, store: 0, tidy: 0 };
  const spans: ReportedSpan[] = [];
  return {
    time: async (phase, work) => {
      const start = now();
      const result = await work();
      phases[phase] = now() - start;
      spans.push({ name: phase, start, duration: phases[phase] });
      return result;
    },
    now,
    durations: () => ({ ...phases, total: now() }),
    timeline: () => spans.toSorted((a, b) => a.start - b.start),
  };
}
