import { defineConfig } from "vitest/config";
import { slowTests } from "../scripts/slow-tests.ts";
import { LongestFirst } from "./support/longest-first.ts";
import { SummaryReporter } from "./support/summary-reporter.ts";

const minutes = 60_000;
const ring = process.env["LAPIDARY_TEST_RING"];
const fullRing = ring === "full";
const quickTests = { exclude: ring === "check" ? [...slowTests] : [] };
// Modules are loaded once for all files of a worker, and both processors of a small machine are used, where
// Vitest would leave one to itself. Processes instead of threads: the larger a process, the longer it takes to
// start another one.
const twoWorkers = { pool: "forks", isolate: false, maxWorkers: 2 } as const;

// `unit`, `contract` and `attack` are the fast ring; `integration` needs Ruby, root file systems and minutes.
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    reporters: ["default", new SummaryReporter()],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          testTimeout: minutes / 2,
          ...quickTests,
          ...twoWorkers,
        },
      },
      {
        extends: true,
        test: {
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          testTimeout: minutes,
          hookTimeout: minutes,
          ...quickTests,
          ...twoWorkers,
        },
      },
      {
        extends: true,
        test: {
          name: "attack",
          include: ["test/attack/**/*.test.ts"],
          testTimeout: minutes,
          hookTimeout: minutes,
          ...quickTests,
          ...twoWorkers,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          // Each story builds in directories of its own, and builds wait for networks and disks.
          maxWorkers: 2,
          // After the fast ring, whose failures then show at once.
          sequence: { groupOrder: 1 },
          // The full ring compiles Rubies and emulates arm64, which takes an hour on a slow machine.
          testTimeout: (fullRing ? 120 : 20) * minutes,
          hookTimeout: (fullRing ? 120 : 40) * minutes,
        },
      },
    ],
  },
});
