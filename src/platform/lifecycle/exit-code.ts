import type { Failure, FailureCode } from "../../failure.ts";

/** The exit code of a command of the local platform: that of the spec's lifecycle, or else 1. */
export function exitCodeOf(failure: Failure): number {
  if (failure.code === "platform/no-group-detected") return failure.errors ? 21 : 20;
  return exitCodes[failure.code] ?? 1;
}

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
  "image/rebase-refused": 72,
};
