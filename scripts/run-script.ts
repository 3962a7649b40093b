import { BuildpackError } from "../src/failure.ts";
import { failureLines } from "../src/output/print-failure.ts";
import { Unavailable } from "./unavailable.ts";

/**
 * Runs the main function of a script and exits with the code that it resolves to. Prints a message for
 * `Unavailable` and `BuildpackError`; anything else is a bug and is printed with its stack.
 */
export async function runScript(main: () => Promise<number>): Promise<void> {
  process.exitCode = await main().catch((error: unknown) => {
    for (const line of wordsFor(error)) process.stderr.write(`! ${line}`.trimEnd() + "\n");
    return 1;
  });
}

function wordsFor(error: unknown): string[] {
  if (error instanceof Unavailable) return [error.message];
  if (error instanceof BuildpackError) return failureLines(error.failure);
  throw error;
}
