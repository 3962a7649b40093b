import { BuildpackError } from "../src/failure.ts";
import { failureLines } from "../src/output/print-failure.ts";
import { Unavailable } from "./unavailable.ts";

/**
 * Runs a script's main part and exits with the code that it resolves to. What the machine cannot give
 * and what fails on purpose is told in words; anything else is a bug and keeps its stack.
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
