import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { MadeGem } from "../builds/gem.ts";

/** A gem server on loopback that lets in only who knows its password. */
export interface GemServer extends AsyncDisposable {
  /** Of the server, without credentials. */
  url: string;
  /** What was asked for, in order, with whether the password was right. */
  requests: { path: string; allowed: boolean }[];
}

/** Serves gems by RubyGems' compact index: `/versions`, `/info/<gem>` and `/gems/<archive>`. */
export async function serveGems(
  gems: readonly MadeGem[],
  { user, password }: { user: string; password: string },
): Promise<GemServer> {
  const pages = new Map(gems.flatMap(pagesOf));
  pages.set("/versions", Buffer.from(versionsPage(gems)));
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const requests: GemServer["requests"] = [];
  const server = createServer((request, response) => {
    const path = pathOf(request);
    const allowed = request.headers.authorization === wanted;
    requests.push({ path, allowed });
    const page = pages.get(path);
    if (!allowed) response.writeHead(401, { "www-authenticate": 'Basic realm="gems"' }).end();
    else if (page === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-length": page.length }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? "/", "http://localhost").pathname;
}

function pagesOf(gem: MadeGem): [string, Buffer][] {
  return [
    [`/info/${gem.name}`, Buffer.from(infoPage(gem))],
    [`/gems/${gem.file}`, gem.archive],
  ];
}

function infoPage({ version, sha256, oldestRuby }: MadeGem): string {
  const needs = oldestRuby === undefined ? "" : `,ruby:>= ${oldestRuby}`;
  return `---\n${version} |checksum:${sha256}${needs}\n`;
}

function versionsPage(gems: readonly MadeGem[]): string {
  const lines = gems.map((gem) => {
    const sum = createHash("md5").update(infoPage(gem)).digest("hex");
    return `${gem.name} ${gem.version} ${sum}\n`;
  });
  return `created_at: 2026-01-01T00:00:00Z\n---\n${lines.join("")}`;
}
