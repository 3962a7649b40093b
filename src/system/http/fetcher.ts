import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { request, type Dispatcher } from "undici";
import { systemFailure } from "../system-failure.ts";
import { createDispatcher, type DispatcherOptions } from "./dispatcher.ts";

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

/** The real fetcher. It opens connections when they are needed; `close` ends them. */
export function createFetcher(options: DispatcherOptions): Fetcher {
  let dispatcher: Dispatcher | undefined;
  return {
    get: async (address, signal) => {
      const url = new URL(address);
      if (url.protocol === "file:") return await openFile(url, signal);
      dispatcher ??= createDispatcher(options);
      return await requestFollowing(url, dispatcher, signal);
    },
    close: async () => await dispatcher?.destroy(),
  };
}

/** Follows redirects, but for one from `https:` to `http:`, where anybody on the way could answer. */
async function requestFollowing(
  url: URL,
  dispatcher: Dispatcher,
  signal: AbortSignal,
  redirections = 0,
): Promise<FetchedBody> {
  const response = await requestUrl(url, dispatcher, signal);
  if (response.location === undefined) return response;
  response.discard();
  if (redirections === maxRedirections) throw new Error("the server redirects without end");
  const next = new URL(response.location, url);
  const isSafe =
    next.protocol === "https:" || (next.protocol === "http:" && url.protocol === "http:");
  if (!isSafe) throw new Error(`the server redirects from ${url.protocol} to ${next.protocol}`);
  if (next.origin === url.origin) [next.username, next.password] = [url.username, url.password];
  return await requestFollowing(next, dispatcher, signal, redirections + 1);
}

const maxRedirections = 10;

async function requestUrl(
  url: URL,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<FetchedBody & { location: string | undefined }> {
  const response = await request(withoutCredentials(url), {
    dispatcher,
    signal,
    headers: authorization(url),
  });
  const length = Number(response.headers["content-length"] ?? Number.NaN);
  const { body, statusCode: status, headers } = response;
  const { location } = headers;
  const isRedirect = [301, 302, 303, 307, 308].includes(status) && typeof location === "string";
  return {
    location: isRedirect ? location : undefined,
    status,
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
    // Opening a pipe would wait for a writer.
    if (!(await stat(path)).isFile()) return undefined;
    await using file = await open(path);
    return (await file.stat()).size;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw systemFailure(error) ?? error;
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
