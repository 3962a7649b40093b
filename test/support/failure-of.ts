import { BuildpackError, type Failure } from "../../src/failure.ts";

/** The failure that some work ends with; work that succeeds is a mistake of the test. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => new Error("nothing failed"),
    (reason: unknown) => reason,
  );
  if (error instanceof BuildpackError) return error.failure;
  throw error;
}
