import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { BuildpackError } from "../failure.ts";
import { formatBytes } from "../output/build-summary.ts";
import type { Progress, Section } from "../output/printer.ts";
import type { FetchedBody } from "../system/http/fetched-body.ts";
import type { Fetcher } from "../system/http/fetcher.ts";
import type { Attempt } from "./download-failure.ts";
import { attemptFailure, isCutShort, retryReason, truncation } from "./download-failure.ts";
import { watchForStall } from "./stall-watch.ts";

export interface DownloadRequest {
  url: string;
  /** The expected checksum. `undefined` if none is known: the file is then not verified. */
  sha256: string | undefined;
  /** The file to write. After a failure it does not exist. */
  destination: string;
}

export interface DownloadContext {
  fetcher: Fetcher;
  section: Pick<Section, "detail">;
  progress?: Progress;
  signal: AbortSignal;
  policy?: DownloadPolicy;
}

/** How patient a download is. */
export interface DownloadPolicy {
  attempts: number;
  /** A transfer is given up if no data comes for this long. */
  stallMilliseconds: number;
  /** A transfer that is slower than this over `stallMilliseconds` is given up too. */
  minimumBytesPerSecond?: number;
  /** A longer file is not downloaded. */
  maximumBytes?: number;
  /** The pause before the second attempt. It doubles with each further attempt. */
  pauseMilliseconds: number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const patientPolicy: DownloadPolicy = {
  attempts: 3,
  stallMilliseconds: 30_000,
  minimumBytesPerSecond: 1024,
  maximumBytes: 4 * 2 ** 30,
  pauseMilliseconds: 1_000,
  sleep: async (milliseconds, signal) => await wait(milliseconds, undefined, { signal }),
};

/**
 * Downloads a file, verifies it and resolves to its SHA-256. Network errors, stalls, cut transfers, the
 * statuses 408, 429 and 5xx, and a wrong checksum are tried again.
 *
 * @throws BuildpackError `download/*` for the last attempt, `system/disk-full`, `system/not-writable`; or
 *   the signal's reason.
 */
export async function download(
  request: DownloadRequest,
  context: DownloadContext,
): Promise<{ sha256: string }> {
  const policy = context.policy ?? patientPolicy;
  for (let number = 1; ; number++) {
    const attempt = newAttempt(request, number);
    try {
      return { sha256: await attemptDownload(request, attempt, policy, context) };
    } catch (error) {
      await rm(request.destination, { force: true });
      context.signal.throwIfAborted();
      const failure = attemptFailure(error, attempt);
      const reason = retryReason(failure);
      if (reason === undefined || number >= policy.attempts) throw failure;
      const pause = policy.pauseMilliseconds * 2 ** (number - 1);
      context.section.detail(`${reason}; trying again in ${pause / 1000} s`);
      await policy.sleep(pause, context.signal);
    }
  }
}

function newAttempt({ url, destination }: DownloadRequest, number: number): Attempt {
  const nothingYet = { received: 0, expected: undefined, stalledAfterSeconds: undefined };
  return { url, destination, number, ...nothingYet };
}

async function attemptDownload(
  { url, sha256, destination }: DownloadRequest,
  attempt: Attempt,
  policy: DownloadPolicy,
  { fetcher, progress, signal }: DownloadContext,
): Promise<string> {
  const watch = watchForStall(policy, signal, () => {
    attempt.stalledAfterSeconds = policy.stallMilliseconds / 1000;
  });
  try {
    const response = await fetcher.get(url, watch.signal);
    refuseUnlessOk(url, response);
    attempt.expected = response.length;
    refuseTooLarge(url, response.length ?? 0, policy, response.discard);
    const received = await receive(response, destination, (bytes) => {
      attempt.received += bytes;
      refuseTooLarge(url, attempt.received, policy);
      watch.beat(bytes);
      progress?.(progressOf(attempt));
    });
    if (isCutShort(attempt)) throw truncation(attempt);
    if (sha256 === undefined || sha256 === received) return received;
    throw new BuildpackError({
      code: "download/checksum-mismatch",
      url,
      expected: sha256,
      received,
    });
  } finally {
    watch.stop();
  }
}

/** `12.0 MB of 48.0 MB (25 %)`, or only the first part if the server does not say how long the file is. */
function progressOf({ received, expected }: Attempt): string {
  if (!expected) return formatBytes(received);
  const percent = Math.floor((100 * received) / expected);
  return `${formatBytes(received)} of ${formatBytes(expected)} (${percent} %)`;
}

/** @param discard - called first: an unread body would keep its connection, and the process, alive. */
function refuseTooLarge(
  url: string,
  bytes: number,
  { maximumBytes }: DownloadPolicy,
  discard?: () => void,
): void {
  if (maximumBytes === undefined || bytes <= maximumBytes) return;
  discard?.();
  throw new BuildpackError({ code: "download/too-large", url, limit: maximumBytes });
}

function refuseUnlessOk(url: string, { status, discard }: FetchedBody): void {
  if (status === 200) return;
  discard();
  if (status === 404 || status === 410) {
    throw new BuildpackError({ code: "download/not-found", url });
  }
  throw new BuildpackError({ code: "download/refused", url, status });
}

/** Writes a body to a file. Resolves to its SHA-256. */
async function receive(
  { body, discard }: FetchedBody,
  destination: string,
  onBytes: (count: number) => void,
): Promise<string> {
  const hash = createHash("sha256");
  try {
    await using file = await open(destination, "w");
    for await (const chunk of body) {
      onBytes(chunk.length);
      hash.update(chunk);
      await file.appendFile(chunk);
    }
  } finally {
    discard();
  }
  return hash.digest("hex");
}
