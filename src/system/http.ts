import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { getCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { EnvHttpProxyAgent, interceptors, request, type Dispatcher } from "undici";

/** The answer of a server. `body` must be read to its end or discarded. */
export interface FetchedBody {
  status: number;
  /** The length of the body, if the server announced it. */
  length: number | undefined;
  body: AsyncIterable<Uint8Array>;
  /** Discards a body that is not read to its end. */
  discard: () => void;
}

/** Fetches `https:`, `http:` and `file:` URLs. */
export interface Fetcher {
  /**
   * Requests a URL and follows redirects. Any status is an answer; a network fault throws the error
   * of the network. A `file:` URL answers 200, or 404 if there is no file.
   */
  get(url: string, signal: AbortSignal): Promise<FetchedBody>;
  close(): Promise<void>;
}

export interface FetcherOptions {
  /** Gives `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in upper or lower case. */
  env: Readonly<Record<string, string>>;
  /** Certificates in PEM that are trusted in addition to those of the system and of Node. */
  certificates?: readonly string[];
}

/** The real fetcher. It opens connections when they are needed; `close` ends them. */
export function createFetcher(options: FetcherOptions): Fetcher {
  let dispatcher: Dispatcher | undefined;
  return {
    get: async (address, signal) => {
      const url = new URL(address);
      if (url.protocol === "file:") return await openFile(url, signal);
      dispatcher ??= createDispatcher(options);
      return await requestUrl(url, dispatcher, signal);
    },
    close: async () => await dispatcher?.destroy(),
  };
}

function createDispatcher({ env, certificates = [] }: FetcherOptions): Dispatcher {
  // An empty string, because undici would read a missing one from the environment of the process.
  const proxy = (name: string) => env[name.toLowerCase()] ?? env[name] ?? "";
  const tls = { ca: trustedCertificates(certificates) };
  const agent = new EnvHttpProxyAgent({
    httpProxy: proxy("HTTP_PROXY"),
    httpsProxy: proxy("HTTPS_PROXY"),
    noProxy: proxy("NO_PROXY"),
    connect: tls,
    requestTls: tls,
    proxyTls: tls,
    // The caller watches for stalled downloads, so a second timeout would only hide its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return agent.compose(interceptors.redirect({ maxRedirections: 10 }));
}

function trustedCertificates(extra: readonly string[]): string[] {
  const known = [...getCACertificates("default"), ...getCACertificates("system"), ...extra];
  return [...new Set(known)];
}

async function requestUrl(
  url: URL,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<FetchedBody> {
  const response = await request(withoutCredentials(url), {
    dispatcher,
    signal,
    headers: authorization(url),
  });
  const length = Number(response.headers["content-length"] ?? Number.NaN);
  const { body } = response;
  return {
    status: response.statusCode,
    length: Number.isSafeInteger(length) ? length : undefined,
    body,
    discard: () => body.on("error", () => {}).destroy(),
  };
}

function withoutCredentials(url: URL): URL {
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return bare;
}

function authorization(url: URL): Record<string, string> {
  if (!url.username) return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

async function openFile(url: URL, signal: AbortSignal): Promise<FetchedBody> {
  const path = fileURLToPath(url);
  const length = await sizeOfFile(path);
  if (length === undefined) return { status: 404, length: 0, body: nothing(), discard: () => {} };
  const body = createReadStream(path, { signal });
  return { status: 200, length, body, discard: () => body.on("error", () => {}).destroy() };
}

async function sizeOfFile(path: string): Promise<number | undefined> {
  try {
    await using file = await open(path);
    const stats = await file.stat();
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    // Without the error code: a caller would take it for a failure to write.
    throw new Error(`${path} cannot be read`, { cause: error });
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
