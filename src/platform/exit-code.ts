import type { Failure } from "../failure.ts";

/** What the local platform's commands exit with: the codes of the spec's lifecycle. */
export function exitCodeOf(failure: Failure): number {
  switch (failure.code) {
    case "platform/api-unsupported":
      return 11;
    case "cnb/buildpack-api-unsupported":
      return 12;
    case "platform/no-group-detected":
      return failure.errors ? 21 : 20;
    case "platform/plan-unresolved":
      return 20;
    case "platform/build-failed":
      return 51;
    case "platform/build-output-invalid":
      return 52;
    case "platform/store-failed":
      return 62;
    case "platform/launch-failed":
    case "platform/process-unknown":
      return 82;
    default:
      return 1;
  }
}
