import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { getCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { EnvHttpProxyAgent, interceptors, request, type Dispatcher } from "undici";

/** What a server answered; `body` must be read to its end or destroyed. */
export interface FetchedBody {
  status: number;
  /** Bytes that the server promised, where it did. */
  length: number | undefined;
  body: AsyncIterable<Uint8Array>;
  /** Lets go of a body that is not read to its end. */
  discard: () => void;
}

/** Fetches `https:`, `http:` and `file:` URLs. */
export interface Fetcher {
  /**
   * Requests a URL, following redirects. Any status is an answer; a network fault throws what the
   * network said. A `file:` URL answers 200, or 404 where no file is.
   */
  get(url: string, signal: AbortSignal): Promise<FetchedBody>;
  close(): Promise<void>;
}

export interface FetcherOptions {
  /** Read for `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in either case. */
  env: Readonly<Record<string, string>>;
  /** Certificates in PEM that are trusted besides the system's and Node's own. */
  certificates?: readonly string[];
}

/** The real fetcher. Connections are opened when first needed; `close` ends them. */
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
  // An empty string, because a missing one would be taken from the process.
  const proxy = (name: string) => env[name.toLowerCase()] ?? env[name] ?? "";
  const tls = { ca: trustedCertificates(certificates) };
  const agent = new EnvHttpProxyAgent({
    httpProxy: proxy("HTTP_PROXY"),
    httpsProxy: proxy("HTTPS_PROXY"),
    noProxy: proxy("NO_PROXY"),
    connect: tls,
    requestTls: tls,
    proxyTls: tls,
    // Whoever fetches watches for a stall; a second clock would only blur whose it was.
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
    // Without the code, by which a caller would take it for a failure to write.
    throw new Error(`${path} cannot be read`, { cause: error });
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
