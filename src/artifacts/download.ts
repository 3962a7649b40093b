import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { rm } from "node:fs/promises";
import { BuildpackError } from "../failure.ts";
import type { Section } from "../output/printer.ts";
import { diskFailure } from "../system/disk-failure.ts";
import type { FetchedBody, Fetcher } from "../system/http.ts";
import { watchForStall, type StallWatch } from "./stall-watch.ts";

export interface DownloadRequest {
  url: string;
  /** What the bytes must hash to; where absent, nobody vouches for them. */
  sha256: string | undefined;
  /** The file to write; after a failure nothing stands there. */
  destination: string;
}

export interface DownloadContext {
  fetcher: Fetcher;
  section: Pick<Section, "detail">;
  signal: AbortSignal;
  policy?: DownloadPolicy;
}

/** How patient a download is. */
export interface DownloadPolicy {
  attempts: number;
  /** A transfer that brings no byte for so long is given up. */
  stallMilliseconds: number;
  /** The pause before the second attempt; it doubles with each further one. */
  pauseMilliseconds: number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const patientPolicy: DownloadPolicy = {
  attempts: 3,
  stallMilliseconds: 30_000,
  pauseMilliseconds: 1_000,
  sleep: async (milliseconds, signal) => await wait(milliseconds, undefined, { signal }),
};

/**
 * Downloads a file and hashes it on the way; resolves to its SHA-256, which is the wanted one. Network
 * faults, stalls, cut transfers, statuses 408, 429 and 5xx and a wrong checksum are tried again.
 *
 * @throws BuildpackError `download/*` for what the last attempt met, `system/disk-full`,
 *   `system/not-writable`; or the signal's reason.
 */
export async function download(
  request: DownloadRequest,
  context: DownloadContext,
): Promise<{ sha256: string }> {
  const policy = context.policy ?? patientPolicy;
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptDownload(request, attempt, policy, context);
    } catch (error) {
      await rm(request.destination, { force: true });
      context.signal.throwIfAborted();
      if (attempt >= policy.attempts || !isWorthRetrying(error)) throw error;
      const pause = policy.pauseMilliseconds * 2 ** (attempt - 1);
      context.section.detail(`${describe(error)}; trying again in ${pause / 1000} s`);
      await policy.sleep(pause, context.signal);
    }
  }
}

async function attemptDownload(
  request: DownloadRequest,
  attempt: number,
  policy: DownloadPolicy,
  { fetcher, signal }: DownloadContext,
): Promise<{ sha256: string }> {
  const watch = watchForStall(policy.stallMilliseconds, signal);
  const progress: Progress = { received: 0, expected: undefined };
  try {
    const response = await fetcher.get(request.url, watch.signal);
    progress.expected = response.length;
    refuseUnlessOk(request.url, response);
    const sha256 = await receive(response, request.destination, watch, progress);
    return { sha256: verify(request, sha256, progress, attempt) };
  } catch (error) {
    throw explain(error, request, attempt, watch, progress);
  } finally {
    watch.stop();
  }
}

interface Progress {
  received: number;
  expected: number | undefined;
}

function refuseUnlessOk(url: string, response: FetchedBody): void {
  const { status } = response;
  if (status === 200) return;
  response.discard();
  if (status === 404 || status === 410)
    throw new BuildpackError({ code: "download/not-found", url });
  throw new BuildpackError({ code: "download/refused", url, status });
}

async function receive(
  response: FetchedBody,
  destination: string,
  watch: StallWatch,
  progress: Progress,
): Promise<string> {
  const hash = createHash("sha256");
  try {
    await using file = await open(destination, "w");
    for await (const chunk of response.body) {
      watch.beat();
      progress.received += chunk.length;
      hash.update(chunk);
      await file.appendFile(chunk);
    }
  } finally {
    response.discard();
  }
  return hash.digest("hex");
}

function verify(
  { url, sha256 }: DownloadRequest,
  received: string,
  progress: Progress,
  attempts: number,
): string {
  const truncated = cutShort(progress);
  if (truncated)
    throw new BuildpackError({ code: "download/truncated", url, attempts, ...truncated });
  if (sha256 === undefined || sha256 === received) return received;
  throw new BuildpackError({ code: "download/checksum-mismatch", url, expected: sha256, received });
}

function cutShort({ received, expected }: Progress) {
  return expected !== undefined && received < expected ? { received, expected } : undefined;
}

/** What went wrong, as a failure: a stall and a cut transfer show only as a broken connection. */
function explain(
  error: unknown,
  { url, destination }: DownloadRequest,
  attempts: number,
  watch: StallWatch,
  progress: Progress,
): unknown {
  if (error instanceof BuildpackError) return error;
  const disk = diskFailure(error, destination);
  if (disk) return disk;
  const options = { cause: error };
  if (watch.stalled()) {
    const { seconds } = watch;
    const bytes = progress.received;
    return new BuildpackError({ code: "download/stalled", url, attempts, seconds, bytes }, options);
  }
  const truncated = progress.received > 0 ? cutShort(progress) : undefined;
  if (truncated) {
    return new BuildpackError({ code: "download/truncated", url, attempts, ...truncated }, options);
  }
  const problem = problemOf(error);
  return new BuildpackError({ code: "download/failed", url, attempts, problem }, options);
}

function problemOf(error: unknown): string {
  // Where several addresses were tried, the error that carries the words is the first one inside.
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  if (!(inner instanceof Error)) return String(inner);
  const cause = inner.cause instanceof Error ? inner.cause.message : "";
  return [inner.message, cause].filter(Boolean).join(": ");
}

function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof BuildpackError)) return false;
  const { failure } = error;
  switch (failure.code) {
    case "download/refused":
      return failure.status === 408 || failure.status === 429 || failure.status >= 500;
    case "download/failed":
    case "download/stalled":
    case "download/truncated":
    case "download/checksum-mismatch":
      return true;
    default:
      return false;
  }
}

function describe(error: unknown): string {
  const failure = error instanceof BuildpackError ? error.failure : undefined;
  switch (failure?.code) {
    case "download/refused":
      return `The server answered with status ${failure.status}`;
    case "download/stalled":
      return `No byte came for ${failure.seconds} s`;
    case "download/truncated":
      return `The connection ended after ${failure.received} of ${failure.expected} bytes`;
    case "download/checksum-mismatch":
      return "The checksum is not the expected one";
    default:
      return failure?.code === "download/failed" ? failure.problem : "The download failed";
  }
}
