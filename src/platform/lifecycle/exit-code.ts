import { BuildpackError, type Failure, type FailureCode } from "../../failure.ts";
import { systemFailure } from "../../system/system-failure.ts";

/** The exit code of a command of the local platform: that of the spec's lifecycle, or else 1. */
export function exitCodeOf({ failure, exitCode }: Ended): number {
  if (failure.code === "platform/no-group-detected") return failure.errors ? 21 : 20;
  return exitCodes[failure.code] ?? exitCode ?? 1;
}

interface Ended {
  failure: Failure;
  exitCode?: number | undefined;
}

/**
 * Does a part of a phase. Whatever fails in it ends the command with the phase's exit code, unless the failure has
 * one of its own.
 */
export async function inPhase<T>(exitCode: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = error instanceof BuildpackError ? error : systemFailure(error);
    throw known ? new BuildpackError(known.failure, { cause: error, exitCode }) : error;
  }
}

/** The exit code of a rebase that cannot read the app's image, change it or write the new one. */
export const rebaseFailed = 72;

const exitCodes: Partial<Record<FailureCode, number>> = {
  "platform/usage": 3,
  "platform/api-unsupported": 11,
  "cnb/buildpack-api-unsupported": 12,
  "platform/plan-unresolved": 20,
  "platform/build-failed": 51,
  "platform/build-output-invalid": 52,
  "platform/store-failed": 62,
  "platform/slice-invalid": 62,
  "platform/process-type-invalid": 62,
  "platform/launch-failed": 82,
  "platform/process-unknown": 82,
  "image/process-unknown": 62,
  "image/app-unreadable": 62,
  "image/rebase-refused": rebaseFailed,
};
