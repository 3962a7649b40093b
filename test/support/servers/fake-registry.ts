import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { loopbackCertificate, loopbackKey } from "./loopback-certificate.ts";
import { listen } from "./loopback-server.ts";

/** What a request looked like to the registry. */
export interface SeenRequest {
  line: string;
  authorization: string | undefined;
  bytes: number;
}

export interface FakeRegistryOptions {
  /** How it wants a client to log in, as `ann` with the password `pass`. */
  login?: "none" | "basic" | "bearer";
  tls?: boolean;
  /** Answers in place of the registry. `undefined` leaves the request to it. */
  instead?: (line: string, count: number) => Instead | undefined;
}

export interface Instead {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** A registry on loopback that keeps blobs and manifests in memory. It ends with the test. */
export interface FakeRegistry {
  host: string;
  seen: SeenRequest[];
  blobs: Map<string, Buffer>;
  manifests: Map<string, { type: string; bytes: Buffer }>;
}

const password = `Basic ${Buffer.from("ann:pass").toString("base64")}`;
/** The token that it gives to whoever knows the password, or the identity token `identity`. */
export const registryToken = "token-of-the-fake-registry";

export async function startFakeRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const { login = "none", tls = false, instead } = options;
  const registry: FakeRegistry = { host: "", seen: [], blobs: new Map(), manifests: new Map() };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request);
    const line = `${request.method} ${(request.url ?? "").replace(/sha256(:|%3A)\w+/g, "DIGEST")}`;
    const { authorization } = request.headers;
    registry.seen.push({ line, authorization, bytes: body.length });
    const count = registry.seen.filter((seen) => seen.line === line).length;
    const other = instead?.(line, count);
    const base = `${tls ? "https" : "http"}://${registry.host}`;
    if (other) response.writeHead(other.status, other.headers).end(other.body);
    else if (line.includes(" /token")) giveToken(request, body, response);
    else if (isRefused(login, authorization)) challenge(login, base, response);
    else serve(registry, request, { body, response });
  };
  const handler = (request: IncomingMessage, response: ServerResponse) =>
    void answer(request, response);
  const server = tls
    ? createTlsServer({ cert: loopbackCertificate, key: loopbackKey }, handler)
    : createServer(handler);
  registry.host = `127.0.0.1:${await listen(server)}`;
  return registry;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request as AsyncIterable<Uint8Array>) pieces.push(piece);
  return Buffer.concat(pieces);
}

function isRefused(login: string, authorization: string | undefined): boolean {
  if (login === "basic") return authorization !== password;
  return login === "bearer" && authorization !== `Bearer ${registryToken}`;
}

function challenge(login: string, base: string, response: ServerResponse): void {
  const bearer = `Bearer realm="${base}/token",service="fake",scope="repository:x:pull"`;
  const header = login === "basic" ? 'Basic realm="fake"' : bearer;
  const body = { errors: [{ code: "UNAUTHORIZED", message: "authentication required" }] };
  response.writeHead(401, { "www-authenticate": header }).end(JSON.stringify(body));
}

function giveToken(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const identity = new URLSearchParams(body.toString()).get("refresh_token");
  const isKnown = request.headers.authorization === password || identity === "identity";
  response.writeHead(isKnown ? 200 : 401).end(isKnown ? `{"token":"${registryToken}"}` : "{}");
}

function serve(
  registry: FakeRegistry,
  request: IncomingMessage,
  { body, response }: { body: Buffer; response: ServerResponse },
): void {
  const url = new URL(request.url ?? "/", "http://registry");
  const [, kind = "", name = ""] = /\/(blobs|manifests)\/([^?]*)$/.exec(url.pathname) ?? [];
  const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
  if (request.method === "POST") {
    response.writeHead(202, { location: `${url.pathname}1?state=a` }).end();
  } else if (request.method === "PUT" && kind === "blobs") {
    const isWhole = url.searchParams.get("digest") === digest;
    if (isWhole) registry.blobs.set(digest, body);
    response.writeHead(isWhole ? 201 : 400, { "docker-content-digest": digest }).end();
  } else if (request.method === "PUT") {
    const stored = { type: request.headers["content-type"] ?? "", bytes: body };
    for (const key of [name, digest]) registry.manifests.set(key, stored);
    response.writeHead(201, { "docker-content-digest": digest }).end();
  } else if (request.method === "DELETE") {
    response.writeHead(204).end();
  } else if (url.pathname === "/v2/") {
    response.writeHead(200).end("{}");
  } else {
    give(kind === "blobs" ? registry.blobs.get(name) : registry.manifests.get(name), response);
  }
}

function give(
  found: Buffer | { type: string; bytes: Buffer } | undefined,
  response: ServerResponse,
): void {
  if (!found) {
    response.writeHead(404).end();
    return;
  }
  const { type, bytes } = Buffer.isBuffer(found) ? { type: "", bytes: found } : found;
  response.writeHead(200, type ? { "content-type": type } : {}).end(bytes);
}
