import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readDockerArchive, writeDockerArchive } from "../../../src/oci/docker-archive.ts";
import { loadIntoEngine, saveFromEngine } from "../../../src/oci/docker-engine.ts";
import { failureOf } from "../../support/failure.ts";
import { makeImage } from "../../support/images/image.ts";
import { makeTree } from "../../support/tree.ts";

const signal = new AbortController().signal;

describe("loadIntoEngine", () => {
  test("sends the archive that `docker load` takes", async () => {
    const engine = await startEngine(200, '{"stream":"Loaded image: shop:latest"}\n');
    const image = await makeImage(await makeTree(), ["one"]);
    await loadIntoEngine(image, ["shop:latest"], engine.world);
    const expected = join(await makeTree(), "a.tar");
    await writeDockerArchive(expected, image, ["shop:latest"]);
    expect(engine.requests).toEqual([
      { line: "POST /images/load?quiet=1", body: await readFile(expected) },
    ]);
  });

  test.each([
    [
      200,
      '{"stream":"x"}\n{"errorDetail":{"message":"disk"},"error":"no space left"}',
      "no space left",
    ],
    [500, '{"message":"invalid reference format"}', "invalid reference format"],
    [502, "<html>", "status 502"],
  ])("fails if the engine does: %d %s", async (status, body, problem) => {
    const engine = await startEngine(status, body);
    const load = loadIntoEngine(await makeImage(await makeTree(), ["one"]), ["a:b"], engine.world);
    const code = "image/engine-refused";
    expect(await failureOf(load)).toEqual({ code, step: "load `a:b`", problem });
  });

  test("names the socket if nothing answers there, and refuses other kinds of hosts", async () => {
    const load = async (DOCKER_HOST: string) =>
      await failureOf(
        loadIntoEngine(await makeImage(await makeTree(), []), [], { env: { DOCKER_HOST }, signal }),
      );
    const code = "image/engine-unreachable";
    expect(await load("unix:///nonexistent.sock")).toMatchObject({
      ...{ code, socket: "/nonexistent.sock", problem: expect.stringContaining("ENOENT") },
    });
    expect(await load("ssh://host")).toMatchObject({ code, socket: "ssh://host" });
  });
});

describe("saveFromEngine", () => {
  test("writes the archive, or says that there is no such image", async () => {
    const work = await makeTree();
    const archive = join(work, "engine.tar");
    const image = await makeImage(await makeTree(), ["one"]);
    await writeDockerArchive(archive, image, ["shop:v1"]);
    const engine = await startEngine(200, await readFile(archive));
    const saved = join(work, "saved.tar");
    expect(await saveFromEngine("shop:v1", saved, engine.world)).toBe(true);
    expect(engine.requests[0]?.line).toBe("GET /images/shop%3Av1/get");
    const read = await readDockerArchive(saved, { name: "shop:v1", work: await makeTree() });
    expect(read.config).toEqual(image.config);
    const empty = await startEngine(404, '{"message":"No such image: shop:v1"}');
    expect(await saveFromEngine("shop:v1", saved, empty.world)).toBe(false);
  });
});

/** Answers every request on a Unix socket in the same way. */
async function startEngine(status: number, body: string | Buffer) {
  const socket = join(await makeTree(), "docker.sock");
  const requests: { line: string; body: Buffer }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of request as AsyncIterable<Uint8Array>) pieces.push(piece);
    requests.push({ line: `${request.method} ${request.url}`, body: Buffer.concat(pieces) });
    response.writeHead(status).end(body);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => void server.close());
  return { requests, world: { env: { DOCKER_HOST: `unix://${socket}` }, signal } };
}
