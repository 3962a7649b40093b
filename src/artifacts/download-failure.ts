import { BuildpackError } from "../failure.ts";
import { diskFailure } from "../system/disk-failure.ts";

/** How far an attempt came. */
export interface Attempt {
  url: string;
  destination: string;
  /** Which one it is, from 1. */
  number: number;
  received: number;
  /** What the server promised, where it did. */
  expected: number | undefined;
  /** The silence after which it was given up, where it was. */
  stalledAfterSeconds: number | undefined;
}

/** What ended an attempt, as a failure: a stall or a cut shows only as a broken connection. */
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

/** Whether fewer bytes came than the server promised. */
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

/** Why a download is worth another attempt, for the log; `undefined` where it is not worth one. */
export function retryReason({ failure }: BuildpackError): string | undefined {
  if (failure.code === "download/failed") return failure.problem;
  if (failure.code === "download/stalled") return `No byte came for ${failure.seconds} s`;
  if (failure.code === "download/checksum-mismatch") return "The checksum is not the expected one";
  if (failure.code === "download/truncated") {
    return `The connection ended after ${failure.received} of ${failure.expected} bytes`;
  }
  if (failure.code !== "download/refused" || !mayPass(failure.status)) return undefined;
  return `The server answered with status ${failure.status}`;
}

function mayPass(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function problemOf(error: unknown): string {
  // Where several addresses were tried, the words are in the errors within.
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!(inner instanceof Error)) return String(inner);
  const cause = inner.cause instanceof Error ? inner.cause.message : "";
  return [inner.message, cause].filter(Boolean).join(": ");
}
