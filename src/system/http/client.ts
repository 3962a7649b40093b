import type { Readable } from "node:stream";
import { Agent, type Dispatcher, request } from "undici";
import { createDispatcher, type DispatcherOptions } from "./dispatcher.ts";

export interface HttpRequest {
  method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  url: URL;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer | Readable;
}

/**
 * The answer of a server. The caller must call `text` or `discard`, or read `body` to its end: otherwise the connection
 * stays open.
 */
export interface HttpAnswer {
  status: number;
  /** The first value of a header. */
  header(name: string): string | undefined;
  /** Reads a text of up to 4 MiB; a longer one is cut off. */
  text(): Promise<string>;
  body: AsyncIterable<Uint8Array>;
  /** Discards a body that is not read to its end. */
  discard(): void;
}

/** Sends requests over HTTP. Any status is an answer, redirects included. */
export interface HttpClient {
  /** @throws the error of the network. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/**
 * A client that opens connections when they are needed.
 *
 * @param options - the way to servers, or the Unix socket on which one listens.
 */
export function createHttpClient(options: DispatcherOptions | { socket: string }): HttpClient {
  let dispatcher: Dispatcher | undefined;
  return {
    send: async ({ method, url, headers, body }, signal) => {
      dispatcher ??= dispatcherFor(options);
      const answer = await request(url, {
        ...{ dispatcher, signal, method, headersTimeout, bodyTimeout },
        ...(headers ? { headers } : {}),
        ...(body === undefined ? {} : { body }),
      });
      return answerOf(answer);
    },
    close: async () => await dispatcher?.destroy(),
  };
}

/** How long a server may think about a request that it has, such as one that stores a large file. */
const headersTimeout = 300_000;
const bodyTimeout = 60_000;

function dispatcherFor(options: DispatcherOptions | { socket: string }): Dispatcher {
  if ("socket" in options) return new Agent({ connect: { socketPath: options.socket } });
  return createDispatcher(options);
}

function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): HttpAnswer {
  return {
    status: statusCode,
    header: (name) => {
      const value = headers[name.toLowerCase()];
      return Array.isArray(value) ? value[0] : value;
    },
    text: async () => await readText(body),
    body,
    discard: () => body.on("error", () => {}).destroy(),
  };
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > maximumText) break;
  }
  return Buffer.concat(pieces).subarray(0, maximumText).toString("utf8");
}

const maximumText = 4 * 2 ** 20;
