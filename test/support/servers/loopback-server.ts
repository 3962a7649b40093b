import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { onTestFinished } from "vitest";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A server on the loopback interface that a test scripts, and what it was asked for. */
export interface LoopbackServer {
  url: string;
  /** The URLs of the requests, in order. */
  requests: string[];
}

/**
 * Starts a server that answers each request with the next of `answers`, and with the last one from
 * then on. It ends with the test.
 */
export async function startServer(...answers: Answer[]): Promise<LoopbackServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(request.url ?? "");
    void answer?.(request, response);
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, requests };
}

/** Starts any server on a free port of the loopback interface; it ends with the test. */
export async function listen(
  server: Server & { closeAllConnections?: () => void },
): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections?.();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Gives the whole body. */
export const give =
  (body: string | Uint8Array): Answer =>
  (_request, response) =>
    void response.writeHead(200, { "content-length": Buffer.byteLength(body) }).end(body);

/** Answers with a status and no body. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(code, headers).end();

/** Promises the whole body, gives the first half and cuts the connection. */
export const cutAtHalf =
  (body: string): Answer =>
  (_request, response) => {
    response.writeHead(200, { "content-length": body.length });
    response.write(body.slice(0, body.length / 2), () => response.socket?.destroy());
  };

/** Promises the whole body, gives the first half and then nothing. */
export const stallAtHalf =
  (body: string): Answer =>
  (_request, response) => {
    response.writeHead(200, { "content-length": body.length });
    response.write(body.slice(0, body.length / 2));
  };

/** Gives the whole body in eight parts, with a pause of so many milliseconds before each. */
export const trickle =
  (body: string, pause: number): Answer =>
  async (_request, response) => {
    response.writeHead(200, { "content-length": body.length });
    const size = Math.ceil(body.length / 8);
    for (let start = 0; start < body.length; start += size) {
      await wait(pause);
      response.write(body.slice(start, start + size));
    }
    response.end();
  };
