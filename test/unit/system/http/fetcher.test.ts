import { createServer } from "node:https";
import { createServer as createHttpServer } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { createFetcher } from "../../../../src/system/http/fetcher.ts";
import type { DispatcherOptions } from "../../../../src/system/http/dispatcher.ts";
import { loopbackCertificate, loopbackKey } from "../../../support/servers/loopback-certificate.ts";
import { give, listen, startServer, status } from "../../../support/servers/loopback-server.ts";
import type { Answer } from "../../../support/servers/loopback-server.ts";
import { makeTree } from "../../../support/tree.ts";

describe("requests", () => {
  test("return the body and the announced length", async () => {
    const { url } = await startServer(give("body"));
    expect(await fetchText(url)).toEqual({ status: 200, length: 4, text: "body" });
  });

  test("give any status as an answer", async () => {
    const { url } = await startServer(status(503));
    expect((await fetchText(url)).status).toBe(503);
  });

  test("follow redirects to another host", async () => {
    const target = await startServer(give("moved"));
    const { url } = await startServer(status(302, { location: `${target.url}/there` }));
    expect((await fetchText(`${url}/here`)).text).toBe("moved");
    expect(target.requests).toEqual(["/there"]);
  });

  test("send the credentials of the URL, but not to another host", async () => {
    const seen: (string | undefined)[] = [];
    const see =
      (then: Answer): Answer =>
      (request, response) => {
        seen.push(request.headers.authorization);
        void then(request, response);
      };
    const target = await startServer(see(give("")));
    const { url } = await startServer(see(status(302, { location: target.url })));
    await fetchText(url.replace("http://", "http://me:p%40ss@"));
    expect(seen).toEqual([`Basic ${btoa("me:p@ss")}`, undefined]);
  });

  test("end when the signal is aborted", async () => {
    const { url } = await startServer(() => {});
    const stop = new AbortController();
    const outcome = open({ env: {} }).get(url, stop.signal);
    stop.abort(new Error("told to stop"));
    await expect(outcome).rejects.toThrow();
  });
});

describe("file: URLs", () => {
  test("give a file's bytes", async () => {
    const root = await makeTree({ "a file": "bytes" });
    const url = pathToFileURL(join(root, "a file")).href;
    expect(await fetchText(url)).toEqual({ status: 200, length: 5, text: "bytes" });
  });

  test.for(["nothing", "", "file/below"])("answer 404 if there is no file: %j", async (path) => {
    const root = await makeTree({ file: "bytes" });
    expect((await fetchText(pathToFileURL(join(root, path)).href)).status).toBe(404);
  });
});

describe("proxies", () => {
  test.for(["HTTP_PROXY", "http_proxy"])("serve http: URLs if %s names one", async (name) => {
    const proxy = await startServer(give("through the proxy"));
    const answer = await fetchText("http://upstream.invalid/path", { env: { [name]: proxy.url } });
    expect(answer.text).toBe("through the proxy");
  });

  test("tunnel https: URLs, and the server's certificate is still checked", async () => {
    const upstream = await startTlsServer("through the tunnel");
    const proxy = await startTunnel();
    const options = { env: { HTTPS_PROXY: proxy.url }, certificates: [loopbackCertificate] };
    expect((await fetchText(upstream, options)).text).toBe("through the tunnel");
    expect(proxy.tunnels).toEqual([new URL(upstream).host]);
  });

  test("are not used for hosts in NO_PROXY", async () => {
    const direct = await startServer(give("direct"));
    const proxy = await startServer(give("through the proxy"));
    const env = { HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1" };
    expect((await fetchText(direct.url, { env })).text).toBe("direct");
  });

  test("are not read from the environment of the process", async () => {
    const proxy = await startServer(give("through the proxy"));
    const before = process.env["HTTP_PROXY"];
    process.env["HTTP_PROXY"] = proxy.url;
    onTestFinished(() => {
      if (before === undefined) delete process.env["HTTP_PROXY"];
      else process.env["HTTP_PROXY"] = before;
    });
    const direct = await startServer(give("direct"));
    expect((await fetchText(direct.url)).text).toBe("direct");
  });
});

describe("certificates", () => {
  test("of an unknown issuer are refused", async () => {
    const url = await startTlsServer("secret");
    await expect(fetchText(url)).rejects.toThrow(/self-signed certificate/);
  });

  test("passed in are trusted", async () => {
    const url = await startTlsServer("secret");
    const options = { env: {}, certificates: [loopbackCertificate] };
    expect((await fetchText(url, options)).text).toBe("secret");
  });
});

function open(options: DispatcherOptions) {
  const fetcher = createFetcher(options);
  onTestFinished(() => fetcher.close());
  return fetcher;
}

async function fetchText(url: string, options: DispatcherOptions = { env: {} }) {
  const { status, length, body } = await open(options).get(url, AbortSignal.timeout(20_000));
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return { status, length, text: Buffer.concat(chunks).toString() };
}

async function startTlsServer(text: string): Promise<string> {
  const server = createServer(
    { cert: loopbackCertificate, key: loopbackKey },
    (_request, response) => response.end(text),
  );
  return `https://127.0.0.1:${await listen(server)}/`;
}

/** A proxy that answers CONNECT alone. */
async function startTunnel(): Promise<{ url: string; tunnels: string[] }> {
  const tunnels: string[] = [];
  const server = createHttpServer();
  server.on("connect", (request, client) => {
    tunnels.push(request.url ?? "");
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect(Number(port), hostname, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on("error", () => client.destroy());
    client.on("error", () => upstream.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, tunnels };
}
