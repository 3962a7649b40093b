import { setTimeout as wait } from "node:timers/promises";
import { BuildpackError } from "../../failure.ts";
import { innerError, mayPassLater } from "../../system/http/transient.ts";

/** How often a step is tried, and how long the pauses are. */
export interface RetryPolicy {
  attempts: number;
  /** Before the second attempt. It doubles with each further one. */
  pauseMilliseconds: number;
}

export const defaultRetryPolicy: RetryPolicy = { attempts: 4, pauseMilliseconds: 1000 };

/** Runs a step again after errors of the network and the statuses 408, 429 and 5xx. */
export async function retry<T>(
  step: () => Promise<T>,
  options: {
    patience: RetryPolicy;
    signal: AbortSignal;
    onRetry: ((reason: string) => void) | undefined;
  },
): Promise<T> {
  const { patience, signal, onRetry } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      signal.throwIfAborted();
      const reason = reasonToRetry(error);
      if (reason === undefined) throw error;
      if (attempt >= patience.attempts) throw withAttempts(error, attempt);
      const pause = patience.pauseMilliseconds * 2 ** (attempt - 1);
      onRetry?.(`${reason}; trying again in ${pause / 1000} s`);
      await wait(pause, undefined, { signal });
    }
  }
}

function reasonToRetry(error: unknown): string | undefined {
  if (!(error instanceof BuildpackError)) return undefined;
  const { failure } = error;
  if (failure.code === "image/registry-unreachable") return failure.problem;
  if (failure.code !== "image/registry-refused") return undefined;
  if (!mayPassLater(failure.status)) return undefined;
  return `The registry answered with status ${failure.status}`;
}

function withAttempts(error: unknown, attempts: number): unknown {
  if (!(error instanceof BuildpackError)) return error;
  const { failure } = error;
  if (failure.code !== "image/registry-unreachable") return error;
  return new BuildpackError({ ...failure, attempts }, { cause: error.cause });
}

/** The failure for an error of the network. */
export function networkFailure(registry: string, error: unknown): BuildpackError {
  const { code = "", message } = innerError(error) as NodeJS.ErrnoException;
  const options = { cause: error };
  if (/^(?:ERR_SSL_(?:WRONG_VERSION|PACKET_LENGTH|HTTP_REQUEST)|EPROTO)/.test(code)) {
    return new BuildpackError(
      { code: "image/registry-plain", registry, problem: message },
      options,
    );
  }
  if (/^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(code)) {
    const facts = { code: "image/registry-certificate", registry, problem: message } as const;
    return new BuildpackError(facts, options);
  }
  const facts = {
    code: "image/registry-unreachable",
    registry,
    problem: message,
    attempts: 1,
  } as const;
  return new BuildpackError(facts, options);
}
