import { spawnSync } from "node:child_process";
import { chmod } from "node:fs/promises";
import { createServer } from "node:https";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { download, patientPolicy } from "../../src/artifacts/download.ts";
import { loadInventory } from "../../src/artifacts/inventory.ts";
import { readMirrors } from "../../src/artifacts/mirrors.ts";
import { redact } from "../../src/output/redact.ts";
import type { DispatcherOptions } from "../../src/system/http/dispatcher.ts";
import { createFetcher } from "../../src/system/http/fetcher.ts";
import { failureOf } from "../support/failure.ts";
import { loopbackCertificate, loopbackKey } from "../support/servers/loopback-certificate.ts";
import { give, listen, startServer, status, trickle } from "../support/servers/loopback-server.ts";
import { makeTree } from "../support/tree.ts";

function open(options: DispatcherOptions) {
  const fetcher = createFetcher(options);
  onTestFinished(async () => await fetcher.close());
  return fetcher;
}

async function fetching(url: string, policy: Partial<typeof patientPolicy>) {
  const root = await makeTree();
  const pauses: number[] = [];
  const sleep = async (pause: number) => await Promise.resolve(void pauses.push(pause));
  const work = download(
    { url, sha256: undefined, destination: join(root, "file") },
    {
      fetcher: open({ env: {} }),
      section: { detail: () => {} },
      signal: new AbortController().signal,
      policy: { ...patientPolicy, sleep, ...policy },
    },
  );
  return { work, pauses };
}

async function secureServer(location: string): Promise<string> {
  const server = createServer(
    { key: loopbackKey, cert: loopbackCertificate },
    (_request, response) => void response.writeHead(302, { location }).end(),
  );
  return `https://localhost:${await listen(server)}/`;
}

describe("a download is not continued", () => {
  test("where https: redirects to http:", async () => {
    const target = await startServer(give("anything"));
    const url = await secureServer(target.url);
    const fetcher = open({ env: {}, certificates: [loopbackCertificate] });
    await expect(fetcher.get(url, new AbortController().signal)).rejects.toThrow(
      "redirects from https: to http:",
    );
    expect(target.requests).toEqual([]);
  });

  test.for(["file:///etc/passwd", "ftp://x/"])("where http: redirects to %s", async (location) => {
    const { url } = await startServer(status(302, { location }));
    const fetcher = open({ env: {} });
    await expect(fetcher.get(url, new AbortController().signal)).rejects.toThrow("redirects from");
  });

  test("where a server redirects without end", async () => {
    const { url, requests } = await startServer(status(302, { location: "/again" }));
    const fetcher = open({ env: {} });
    await expect(fetcher.get(url, new AbortController().signal)).rejects.toThrow("without end");
    expect(requests.length).toBe(11);
  });

  test("past the largest size, whether it is announced or not", async () => {
    const announced = await startServer(give("x".repeat(100)));
    const silent = await startServer((_request, response) => void response.end("x".repeat(100)));
    for (const { url } of [announced, silent]) {
      const { work, pauses } = await fetching(url, { maximumBytes: 99 });
      expect(await failureOf(work)).toEqual({ code: "download/too-large", url, limit: 99 });
      expect(pauses).toEqual([]);
    }
  });

  test("below the least speed", async () => {
    const { url } = await startServer(trickle("x".repeat(64), 100));
    const policy = { stallMilliseconds: 300, minimumBytesPerSecond: 1000, attempts: 1 };
    const { work } = await fetching(url, policy);
    expect(await failureOf(work)).toMatchObject({ code: "download/stalled" });
  });
});

test("NODE_TLS_REJECT_UNAUTHORIZED of an app does not switch the check of certificates off", async () => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  try {
    const url = await secureServer("/");
    const fetcher = open({ env: {} });
    await expect(fetcher.get(url, new AbortController().signal)).rejects.toThrow(/certificate/);
  } finally {
    vi.unstubAllEnvs();
  }
});

describe("a file: URL", () => {
  test("of a pipe is answered without waiting for a writer", async () => {
    const root = await makeTree();
    spawnSync("mkfifo", [join(root, "pipe")]);
    const url = pathToFileURL(join(root, "pipe")).href;
    const { work } = await fetching(url, {});
    expect(await failureOf(work)).toEqual({ code: "download/not-found", url });
  });

  test("that may not be read is no failure of the network", async ({ skip }) => {
    if (process.getuid?.() === 0) skip("root may read everything");
    const root = await makeTree({ "closed/file": "" });
    await chmod(join(root, "closed"), 0);
    const { work, pauses } = await fetching(pathToFileURL(join(root, "closed/file")).href, {});
    expect(await failureOf(work)).toMatchObject({
      code: "system/file-unusable",
      problem: "permission denied",
    });
    expect(pauses).toEqual([]);
    await chmod(join(root, "closed"), 0o700);
  });
});

const bad = [
  "file://host/x",
  "http://",
  "ftp://x/y",
  "urn:x",
  "javascript:x",
  "x",
  "",
  "https:// x",
];

test.for(bad.filter((url) => url !== ""))("the mirror %s is refused", (url) => {
  expect(() => readMirrors({ BP_DEPENDENCY_MIRROR: url }, [])).toThrow("artifact/mirror-invalid");
});

test.for(bad)("the inventory at %j is refused", async (url) => {
  if (url === "") return;
  const operator = `${url}#sha256=${"0".repeat(64)}`;
  const context = {
    fetcher: open({ env: {} }),
    section: { detail: () => {} },
    signal: new AbortController().signal,
  };
  const work = loadInventory({ buildpackDir: await makeTree(), operator }, context);
  expect(await failureOf(work)).toMatchObject({ code: "artifact/inventory-invalid" });
});

test.for([
  ["https://user:p@ss@host/x", "https://***@host/x"],
  ["https://user:p@s@s@host/x?a=b@c", "https://***@host/x?a=b@c"],
  ["https://host/x?pw=secret", "https://host/x?pw=***"],
  ["https://host/x?pwd=secret&y=1", "https://host/x?pwd=***&y=1"],
  ["https://host/x?passwd=secret", "https://host/x?passwd=***"],
  ["https://host/x?api_key=secret", "https://host/x?api_key=***"],
  ["https://host/x?auth=secret", "https://host/x?auth=***"],
  [
    "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----",
  ],
  ["-----BEGIN RSA PRIVATE KEY-----\nMIIE", "-----BEGIN RSA PRIVATE KEY-----***"],
  ["\u001b[2Jx", "[2Jx"],
  ["a\rb", "ab"],
] as const)("%j is printed without its secret", ([text, shown]) => {
  expect(redact(text)).toBe(shown);
});
