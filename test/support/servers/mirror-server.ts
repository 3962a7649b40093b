import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { Mirror } from "../../../scripts/mirror/mirror.ts";

/** A mirror over HTTP on loopback, which counts what was asked of it. */
export interface MirrorServer {
  /** The value of BP_INVENTORY. */
  inventory: string;
  /** Paths that were requested, in order. */
  requests: string[];
  /** Answers the next requests of a path in other ways; used up from the front. */
  misbehave(path: RegExp, ...answers: Misbehaviour[]): void;
  /** Forgets the answers that were not used up. */
  behave(): void;
  close(): Promise<void>;
}

export type Misbehaviour = "cut-at-half" | "other-bytes" | "404" | "500" | "stall";

export async function serveMirror(mirror: Mirror): Promise<MirrorServer> {
  const requests: string[] = [];
  const planned: { path: RegExp; answers: Misbehaviour[] }[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    requests.push(path);
    const answer = planned.find((plan) => plan.path.test(path) && plan.answers.length > 0);
    readFile(join(mirror.directory, path)).then(
      (bytes) => respond(response, bytes, answer?.answers.shift()),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const checksum = mirror.inventory.replace(/^.*#/, "");
  return {
    inventory: `http://127.0.0.1:${port}/inventory.toml#${checksum}`,
    requests,
    misbehave: (path, ...answers) => planned.push({ path, answers }),
    behave: () => planned.splice(0),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function respond(response: ServerResponse, bytes: Buffer, answer: Misbehaviour | undefined): void {
  switch (answer) {
    case "404":
      response.writeHead(404).end();
      return;
    case "500":
      response.writeHead(500).end();
      return;
    case "other-bytes":
      response.end(Buffer.concat([bytes.subarray(0, -4), Buffer.from("evil")]));
      return;
    case "cut-at-half":
      response.writeHead(200, { "content-length": bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
      return;
    case "stall":
      response.writeHead(200, { "content-length": bytes.length });
      response.write(bytes.subarray(0, 1000));
      return;
    case undefined:
      response.writeHead(200, { "content-length": bytes.length }).end(bytes);
  }
}
