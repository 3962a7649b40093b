import { BuildpackError } from "../failure.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { innerError, mayPassLater } from "../system/http/transient.ts";

/** The progress of one attempt. */
export interface Attempt {
  url: string;
  destination: string;
  /** Its number, from 1. */
  number: number;
  received: number;
  /** How many bytes the server announced, if it did. */
  expected: number | undefined;
  /** If it was given up because no data came: after how many seconds. */
  stalledAfterSeconds: number | undefined;
}

/** Turns the error that ended an attempt into a failure. Stalls and cut transfers are told apart here. */
export function attemptFailure(error: unknown, attempt: Attempt): BuildpackError {
  if (error instanceof BuildpackError) return error;
  const options = { cause: error };
  const { url, number: attempts, received: bytes, stalledAfterSeconds: seconds } = attempt;
  const disk = diskFailure(error, attempt.destination);
  if (disk) return disk;
  if (seconds !== undefined) {
    return new BuildpackError({ code: "download/stalled", url, attempts, seconds, bytes }, options);
  }
  if (isCutShort(attempt)) return truncation(attempt, options);
  const problem = problemOf(error);
  return new BuildpackError({ code: "download/failed", url, attempts, problem }, options);
}

/** Whether fewer bytes came than the server announced. */
export function isCutShort({ received, expected }: Attempt): boolean {
  return expected !== undefined && received < expected;
}

export function truncation(attempt: Attempt, options?: ErrorOptions): BuildpackError {
  const { url, number: attempts, received, expected = received } = attempt;
  return new BuildpackError(
    { code: "download/truncated", url, attempts, expected, received },
    options,
  );
}

/** Why a download is tried again, for the log. `undefined` if another attempt makes no sense. */
export function retryReason({ failure }: BuildpackError): string | undefined {
  if (failure.code === "download/failed") return failure.problem;
  if (failure.code === "download/stalled") return `Too little data came for ${failure.seconds} s`;
  if (failure.code === "download/checksum-mismatch") return "Wrong checksum";
  if (failure.code === "download/truncated") {
    return `The connection ended after ${failure.received} of ${failure.expected} bytes`;
  }
  if (failure.code !== "download/refused" || !mayPassLater(failure.status)) return undefined;
  return `The server answered with status ${failure.status}`;
}

function problemOf(error: unknown): string {
  const inner = innerError(error);
  if (!(inner instanceof Error)) return String(inner);
  const cause = inner.cause instanceof Error ? inner.cause.message : "";
  return [inner.message, cause].filter(Boolean).join(": ");
}
