import { runInOrder, runTogether } from "./run-commands.ts";

const vitest = ["vitest", "run", "-c", "test/vitest.config.ts"] as const;

// The first ring of tests, to run before every commit.
const failed = await runTogether([
  ["oxfmt", "-c", "test/oxfmt.json", "--check"],
  ["oxlint", "-c", "test/oxlint.json", "--type-aware", "--deny-warnings", "src", "scripts", "test"],
  [
    "tsc",
    "--noEmit",
    "--incremental",
    "--tsBuildInfoFile",
    "node_modules/.cache/types.tsbuildinfo",
  ],
  ["knip", "--config", "test/knip.json", "--cache"],
  // Only what src/main and scripts use: this finds code that only tests use.
  ["knip", "--config", "test/knip.json", "--cache", "--production"],
]);
process.exitCode =
  failed ||
  (await runInOrder(
    [
      ["node", "scripts/bundle.ts"],
      [...vitest, "--project", "unit", "--project", "contract", "--project", "attack"],
    ],
    // The configuration of Vitest leaves out the slow tests.
    { LAPIDARY_TEST_RING: "check" },
  ));
