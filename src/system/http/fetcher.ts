import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Dispatcher } from "undici";
import { systemFailure } from "../system-failure.ts";
import type { DispatcherOptions } from "./dispatcher.ts";
import type { FetchedBody } from "./fetched-body.ts";

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
      // Most builds download nothing, and undici is half of the code of `bin/build`.
      const { createDispatcher } = await import("./dispatcher.ts");
      const { requestFollowing } = await import("./request-following.ts");
      dispatcher ??= createDispatcher(options);
      return await requestFollowing(url, dispatcher, signal);
    },
    close: async () => await dispatcher?.destroy(),
  };
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
