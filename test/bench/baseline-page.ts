import type { AppBuilds } from "./builds/app-builds.ts";
import { buildsPage } from "./builds/table.ts";
import type { Measurement } from "./measure.ts";

/** All results as `baseline.md`. */
export function baselinePage(
  machine: string,
  measurements: readonly Measurement[],
  apps: readonly AppBuilds[],
): string {
  return [
    "# Baseline",
    "",
    "Written by `npm run bench -- --write`. Ratios can be compared between machines, times cannot.",
    "",
    `On ${machine}:`,
    "",
    ...measurements.map((measurement) => `- ${describeMeasurement(measurement)}`),
    "",
    ...apps.flatMap(buildsPage),
  ].join("\n");
}

/** One measurement as a line, with its limit. */
export function describeMeasurement({ name, value, limit, unit, from }: Measurement): string {
  const shown = unit === "ms" ? `${value.toFixed(2)} ms` : value.toFixed(3);
  const goal = limit === undefined ? "" : ` (${value <= limit ? "within" : "OVER"} ${limit})`;
  return `${name}: ${shown}${goal}: ${from}`;
}
