import { runInOrder } from "./run-in-order.ts";

// The fast ring: what must hold before any commit.
process.exitCode = await runInOrder([
  ["prettier", "--check", "--log-level", "warn", "."],
  ["oxlint", "-c", "test/oxlint.json", "--type-aware", "--deny-warnings", "src", "scripts", "test"],
  ["tsc", "--noEmit"],
  ["knip", "--config", "test/knip.json"],
  ["node", "scripts/bundle.ts"],
  ["vitest", "run", "-c", "test/vitest.config.ts", "--project", "unit", "--project", "contract"],
]);
