import { runInOrder, runTogether } from "./run-commands.ts";

const vitest = ["vitest", "run", "-c", "test/vitest.config.ts"] as const;

// Only the conformance stories about plans and TOML; `npm test` runs all.
const slowConformance = ["build", "export", "launch", "rebase", "restore"].map(
  (area) => `test/contract/conformance/${area}.test.ts`,
);

// The first ring of tests, to run before every commit.
const failed = await runTogether([
  ["prettier", "--check", "--log-level", "warn", "."],
  ["oxlint", "-c", "test/oxlint.json", "--type-aware", "--deny-warnings", "src", "scripts", "test"],
  ["tsc", "--noEmit"],
  ["knip", "--config", "test/knip.json"],
  // Only what src/main and scripts use: this finds code that only tests use.
  ["knip", "--config", "test/knip.json", "--production"],
]);
process.exitCode =
  failed ||
  (await runInOrder(
    [
      ["node", "scripts/bundle.ts"],
      [
        ...vitest,
        ...["unit", "contract", "attack"].flatMap((project) => ["--project", project]),
        ...without(slowConformance),
      ],
    ],
    { LAPIDARY_TEST_RING: "check" },
  ));

function without(files: readonly string[]): string[] {
  return files.flatMap((file) => ["--exclude", file]);
}
