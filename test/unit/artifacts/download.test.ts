import { createHash } from "node:crypto";
import { readdir, readFile, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { download } from "../../../src/artifacts/download.ts";
import type { DownloadPolicy } from "../../../src/artifacts/download.ts";
import { createFetcher } from "../../../src/system/http/fetcher.ts";
import type { Fetcher } from "../../../src/system/http/fetcher.ts";
import { failureOf } from "../../support/failure.ts";
import {
  cutAtHalf,
  give,
  listen,
  stallAtHalf,
  startServer,
  status,
  trickle,
} from "../../support/servers/loopback-server.ts";
import { recordSection } from "../../support/section.ts";
import { makeTree } from "../../support/tree.ts";

const body = "the bytes of an archive, of which half is not enough";
const sha256 = createHash("sha256").update(body).digest("hex");

describe("a download that succeeds", () => {
  test("writes the file and resolves to its SHA-256", async () => {
    const { url } = await startServer(give(body));
    const { run, destination } = await prepare(url);
    expect(await run()).toEqual({ sha256 });
    expect(await readFile(destination, "utf8")).toBe(body);
  });

  test("resolves to the SHA-256 even if none was expected", async () => {
    const { url } = await startServer(give(body));
    const { run } = await prepare(url, { sha256: undefined });
    expect(await run()).toEqual({ sha256 });
  });

  test("tells how far it has come", async () => {
    const { url } = await startServer(give(body));
    const { run, states } = await prepare(url);
    await run();
    expect(states.at(-1)).toBe("52 B of 52 B (100 %)");
  });

  test("is repeated after a 500 and a 503, with a pause that doubles", async () => {
    const server = await startServer(status(500), status(503), give(body));
    const { run, pauses, destination } = await prepare(server.url);
    await run();
    expect(server.requests).toHaveLength(3);
    expect(pauses).toEqual([1000, 2000]);
    expect(await readFile(destination, "utf8")).toBe(body);
  });

  test.for([408, 429])("comes after a %i", async (code) => {
    const { url } = await startServer(status(code), give(body));
    const { run } = await prepare(url);
    expect(await run()).toEqual({ sha256 });
  });

  test("is repeated after a cut transfer, with an empty file", async () => {
    const { url } = await startServer(cutAtHalf(body), give(body));
    const { run, destination, lines } = await prepare(url);
    await run();
    expect(await readFile(destination, "utf8")).toBe(body);
    expect(lines).toEqual([
      expect.stringMatching(/^The connection ended after \d+ of 52 bytes; trying again in 1 s$/),
    ]);
  });

  test("is repeated after a wrong checksum", async () => {
    const { url } = await startServer(give("another file"), give(body));
    const { run, lines } = await prepare(url);
    expect(await run()).toEqual({ sha256 });
    expect(lines).toEqual(["Wrong checksum; trying again in 1 s"]);
  });

  test("is repeated after a stall", async () => {
    const { url } = await startServer(stallAtHalf(body), give(body));
    const { run } = await prepare(url, { stallMilliseconds: 200 });
    expect(await run()).toEqual({ sha256 });
  });
});

test("a download that is slow but steady is not given up", async () => {
  const { url } = await startServer(trickle(body, 100));
  const { run } = await prepare(url, { stallMilliseconds: 400 });
  expect(await run()).toEqual({ sha256 });
});

describe("a download that fails", () => {
  test("is not tried again after a 404", async () => {
    const server = await startServer(status(404));
    const { run, pauses, directory } = await prepare(server.url);
    expect(await failureOf(run())).toEqual({ code: "download/not-found", url: server.url });
    expect(server.requests).toHaveLength(1);
    expect(pauses).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });

  test("is not tried again after a 403, and says the status", async () => {
    const server = await startServer(status(403));
    const { run } = await prepare(server.url);
    const { url } = server;
    expect(await failureOf(run())).toEqual({ code: "download/refused", url, status: 403 });
    expect(server.requests).toHaveLength(1);
  });

  test("says the status that the server gave three times", async () => {
    const server = await startServer(status(500));
    const { run, directory } = await prepare(server.url);
    const { url } = server;
    expect(await failureOf(run())).toEqual({ code: "download/refused", url, status: 500 });
    expect(server.requests).toHaveLength(3);
    expect(await readdir(directory)).toEqual([]);
  });

  test("says how many of the announced bytes came", async () => {
    const { url } = await startServer(cutAtHalf(body));
    const { run, directory } = await prepare(url);
    const failure = await failureOf(run());
    expect(failure).toMatchObject({ code: "download/truncated", url, attempts: 3, expected: 52 });
    // What arrived together with the end of the connection may not be counted.
    expect(failure).toHaveProperty("received", expect.toBeOneOf([0, 26]));
    expect(await readdir(directory)).toEqual([]);
  });

  test("fails if it ends before all the announced bytes", async () => {
    const answer = { status: 200, length: 99, body: [Buffer.from("half")], discard: () => {} };
    const get = async () => ({ ...answer, body: Readable.from(answer.body) });
    const { run } = await prepare("https://example.com/", {
      fetcher: { get, close: async () => {} },
    });
    const failure = await failureOf(run());
    expect(failure).toMatchObject({ code: "download/truncated", expected: 99, received: 4 });
  });

  test("says both checksums, and leaves nothing of the wrong bytes", async () => {
    const { url } = await startServer(give("another file"));
    const { run, directory } = await prepare(url);
    const received = createHash("sha256").update("another file").digest("hex");
    expect(await failureOf(run())).toEqual({
      code: "download/checksum-mismatch",
      url,
      expected: sha256,
      received,
    });
    expect(await readdir(directory)).toEqual([]);
  });

  test("says that no data came, and how much had come before", async () => {
    const { url } = await startServer(stallAtHalf(body));
    const { run, directory } = await prepare(url, { stallMilliseconds: 200 });
    expect(await failureOf(run())).toEqual({
      code: "download/stalled",
      url,
      attempts: 3,
      seconds: 0.2,
      bytes: 26,
    });
    expect(await readdir(directory)).toEqual([]);
  });

  test("counts as stalled if the server accepts the connection but never answers", async () => {
    const port = await listen(createServer(() => {}));
    const { run } = await prepare(`http://127.0.0.1:${port}/`, { stallMilliseconds: 200 });
    expect(await failureOf(run())).toMatchObject({ code: "download/stalled", bytes: 0 });
  });

  test("has the network's message if nothing listens", async () => {
    const { run } = await prepare("http://127.0.0.1:1/archive");
    const failure = await failureOf(run());
    expect(failure).toMatchObject({ code: "download/failed", attempts: 3 });
    expect(failure).toHaveProperty("problem", expect.stringContaining("ECONNREFUSED"));
  });

  test("says that the disk is full, at once", async () => {
    const server = await startServer(give(body));
    const { run, destination, directory } = await prepare(server.url);
    await symlink("/dev/full", destination);
    expect(await failureOf(run())).toEqual({ code: "system/disk-full", path: destination });
    expect(server.requests).toHaveLength(1);
    expect(await readdir(directory)).toEqual([]);
  });

  test("ends with the signal's reason, without another attempt or a file", async () => {
    const server = await startServer(stallAtHalf(body));
    const { run, directory, abort } = await prepare(server.url);
    const outcome = run();
    await expect.poll(() => server.requests.length).toBe(1);
    abort(new Error("told to stop"));
    await expect(outcome).rejects.toThrow("told to stop");
    expect(server.requests).toHaveLength(1);
    expect(await readdir(directory)).toEqual([]);
  });
});

async function prepare(
  url: string,
  options: { sha256?: undefined; stallMilliseconds?: number; fetcher?: Fetcher } = {},
) {
  const directory = await makeTree();
  const destination = join(directory, "archive");
  const pauses: number[] = [];
  const policy: DownloadPolicy = {
    attempts: 3,
    stallMilliseconds: options.stallMilliseconds ?? 20_000,
    pauseMilliseconds: 1000,
    sleep: async (milliseconds) => void pauses.push(milliseconds),
  };
  const fetcher = options.fetcher ?? createFetcher({ env: {} });
  onTestFinished(() => fetcher.close());
  const section = recordSection();
  const stop = new AbortController();
  const states: string[] = [];
  const progress = (state: string) => void states.push(state);
  const context = { fetcher, section, progress, signal: stop.signal, policy };
  const wanted = "sha256" in options ? undefined : sha256;
  return {
    directory,
    destination,
    pauses,
    lines: section.lines,
    states,
    abort: (reason: Error) => stop.abort(reason),
    run: () => download({ url, sha256: wanted, destination }, context),
  };
}
