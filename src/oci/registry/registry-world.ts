import type { HttpAnswer, HttpClient, HttpRequest } from "../../system/http/client.ts";
import { networkFailure, type RetryPolicy } from "./retry.ts";

/** What reaching a registry needs from outside. */
export interface RegistryWorld {
  client: HttpClient;
  /** The user's environment, which leads to Docker's configuration. */
  env: Readonly<Record<string, string>>;
  /** Hosts besides this machine that may be reached by plain HTTP. */
  insecure: readonly string[];
  signal: AbortSignal;
  /** Called before a request is sent again, with the reason. */
  onRetry?: (reason: string) => void;
  /** Called after each blob of a push with how many are done, and how many there are. */
  onBlob?: (done: number, all: number) => void;
  patience?: RetryPolicy;
}

/** @throws BuildpackError `image/registry-*` for an error of the network. */
export async function sendOver(
  { client, signal }: RegistryWorld,
  registry: string,
  request: HttpRequest,
): Promise<HttpAnswer> {
  try {
    return await client.send(request, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw networkFailure(registry, error);
  }
}
