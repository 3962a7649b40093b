import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readImage } from "../../src/oci/layout.ts";
import { pullImage } from "../../src/oci/registry/pull-image.ts";
import { unpackTree } from "../../src/oci/unpack-tree.ts";
import type { HttpAnswer, HttpClient, HttpRequest } from "../../src/system/http/client.ts";
import { failureOf } from "../support/failure.ts";
import { tarballGz } from "../support/packages/tarball.ts";
import { makeTree, modeOf } from "../support/tree.ts";

describe("a slug or a layer of an image changes no mode outside of its tree", () => {
  test.each(["app/a", "app/a/", "app/./a//"])("where %s becomes a link", async (path) => {
    const root = await makeTree({ "victim/": "" });
    await chmod(join(root, "victim"), 0o700);
    const entries = [
      { path, type: "Directory", mode: 0o777 },
      { path: "app/a", type: "SymbolicLink", linkpath: join(root, "victim") },
    ] as const;
    await writeFile(join(root, "layer"), tarballGz(entries));
    await unpackTree([join(root, "layer")], join(root, "tree")).catch(() => {});
    expect(await modeOf(join(root, "victim"))).toBe(0o700);
  });
});

describe("an image layout", () => {
  const digest = `sha256:${"b".repeat(64)}`;
  const index = {
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [{ mediaType: "application/vnd.oci.image.index.v1+json", digest, size: 1 }],
  };

  test("whose index lists itself is refused", async () => {
    const text = JSON.stringify(index);
    const blob = `blobs/sha256/${"b".repeat(64)}`;
    const layout = await makeTree({ "index.json": text, [blob]: text });
    const failure = await failureOf(readImage(layout, { architecture: "amd64" }));
    expect(failure).toMatchObject({
      code: "image/invalid",
      problem: "its content does not have the digest that it is named for",
    });
  });
});

test("the login of a registry does not go where the storage of its blobs sends it", async () => {
  const auth = Buffer.from("ann:s3cret").toString("base64");
  const docker = await makeTree({
    "config.json": JSON.stringify({ auths: { "registry.example": { auth } } }),
  });
  const asked: string[] = [];
  const client: HttpClient = {
    close: async () => {},
    send: async (request) => {
      asked.push(`${request.url.host} ${request.headers?.["authorization"] ?? ""}`.trim());
      return answerTo(request);
    },
  };
  const work = pullImage(
    { registry: "registry.example", repository: "acme/shop", tag: "v1" },
    { layout: await makeTree(), architecture: "amd64" },
    {
      client,
      env: { DOCKER_CONFIG: docker, PATH: "" },
      insecure: [],
      signal: new AbortController().signal,
      patience: { attempts: 1, pauseMilliseconds: 0 },
    },
  );
  expect(await failureOf(work)).toMatchObject({ code: "image/login-refused" });
  expect(asked).toContain("storage.example");
  expect(asked.join("\n")).not.toMatch(/evil|Basic/);
});

/** A registry that redirects to storage, which asks for a login at a third server. */
function answerTo({ url }: HttpRequest): HttpAnswer {
  const digest = `sha256:${"a".repeat(64)}`;
  if (url.host === "storage.example") {
    const realm = 'Bearer realm="https://evil.example/token"';
    return answer(401, { "www-authenticate": realm });
  }
  if (url.pathname.includes("/blobs/")) {
    return answer(307, { location: "https://storage.example/blob" });
  }
  if (!url.pathname.includes("/manifests/")) return answer(200, {});
  const manifest = { config: { mediaType: "x", digest, size: 5 }, layers: [] };
  const type = "application/vnd.oci.image.manifest.v1+json";
  return answer(200, { "content-type": type }, JSON.stringify(manifest));
}

function answer(status: number, headers: Record<string, string>, text = ""): HttpAnswer {
  return {
    status,
    header: (name) => headers[name.toLowerCase()],
    text: async () => text,
    body: pieces(text),
    discard: () => {},
  };
}

async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
