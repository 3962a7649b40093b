import { parseArgs } from "node:util";
import { bundle } from "./bundle.ts";
import { runInOrder } from "./run-commands.ts";

// The second ring of tests, and with `--full` the third, which takes much longer.
const { values, positionals } = parseArgs({
  options: { full: { type: "boolean", default: false } },
  allowPositionals: true,
});

await bundle();
process.exitCode = await runInOrder(
  [
    ...(positionals.length === 0 ? [["npm", "run", "--silent", "lint"] as const] : []),
    ["vitest", "run", "-c", "test/vitest.config.ts", ...positionals],
  ],
  values.full ? { LAPIDARY_TEST_RING: "full" } : {},
);
