import { CommanderError } from "@commander-js/extra-typings";
import { fromCommander } from "../../src/cli/commander-error.ts";
import { BuildpackError, type Failure } from "../../src/failure.ts";
import { systemFailure } from "../../src/system/system-failure.ts";

/** The failure that a user reads when some work ends. An error that would be shown as our own bug is thrown. */
export async function knownFailureOf(work: Promise<unknown>): Promise<Failure> {
  const outcome = await work.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  if (outcome instanceof CommanderError) return fromCommander(outcome).failure;
  const known = outcome instanceof BuildpackError ? outcome : systemFailure(outcome);
  if (known) return known.failure;
  throw outcome;
}
