import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measureBuild } from "../test/bench/build.ts";
import { measureDetect } from "../test/bench/detect.ts";
import { measureLaunch } from "../test/bench/launch.ts";
import { measureLockfile } from "../test/bench/lockfile.ts";
import type { Measurement } from "../test/bench/measure.ts";
import { bundle } from "./bundle.ts";

const checkout = fileURLToPath(new URL("..", import.meta.url));

const { values } = parseArgs({
  options: { write: { type: "boolean" }, rounds: { type: "string", default: "3" } },
});

await bundle();
const measurements: Measurement[] = [];
// Builds take minutes, so each result is printed at once.
for (const measure of [measureLockfile, measureDetect, measureBuild, measureLaunch]) {
  for (const measurement of await measure(checkout, Number(values.rounds))) {
    measurements.push(measurement);
    process.stdout.write(`${describe(measurement)}\n`);
  }
}
if (values.write) await writeBaseline();

function describe({ name, value, limit, unit, from }: Measurement): string {
  const shown = unit === "ms" ? `${value.toFixed(2)} ms` : value.toFixed(3);
  const goal = limit === undefined ? "" : ` (${value <= limit ? "within" : "OVER"} ${limit})`;
  return `${name}: ${shown}${goal}: ${from}`;
}

async function writeBaseline(): Promise<void> {
  const path = new URL("../test/bench/baseline.md", import.meta.url);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`;
  const lines = measurements.map((measurement) => `- ${describe(measurement)}`);
  const about =
    "Written by `npm run bench -- --write`. Ratios can be compared between machines, times cannot.";
  await writeFile(
    path,
    ["# Baseline", "", about, "", `On ${machine}:`, "", ...lines, ""].join("\n"),
  );
}
