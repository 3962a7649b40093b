import { BuildpackError } from "../../src/failure.ts";
import type { Failure } from "../../src/failure.ts";

/** The failure with which some work ends. Work that succeeds, or fails otherwise, fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const outcome = await work.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  if (outcome instanceof BuildpackError) return outcome.failure;
  throw outcome;
}
