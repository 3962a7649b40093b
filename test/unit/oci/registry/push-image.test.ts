import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Image } from "../../../../src/oci/image.ts";
import { blobPath } from "../../../../src/oci/blob.ts";
import { writeImage, writeNestedIndex } from "../../../../src/oci/layout.ts";
import { checkPush, pushImage } from "../../../../src/oci/registry/push-image.ts";
import { pullImage } from "../../../../src/oci/registry/pull-image.ts";
import type { RegistryWorld } from "../../../../src/oci/registry/registry-world.ts";
import { createHttpClient } from "../../../../src/system/http/client.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeImage } from "../../../support/images/image.ts";
import {
  type FakeRegistryOptions,
  registryToken,
  startFakeRegistry,
} from "../../../support/servers/fake-registry.ts";
import { loopbackCertificate } from "../../../support/servers/loopback-certificate.ts";
import { startServer, status } from "../../../support/servers/loopback-server.ts";
import { makeTree } from "../../../support/tree.ts";

describe("pushImage", () => {
  test("sends each blob, then the manifest; the same image comes back", async () => {
    const { registry, push, image, reference, world } = await story();
    const told: string[] = [];
    world.onBlob = (done, all) => told.push(`${done} of ${all}`);
    const { sentBlobs, sentBytes, knownBlobs } = await push();
    expect({ sentBlobs, knownBlobs }).toEqual({ sentBlobs: 3, knownBlobs: 0 });
    expect(told).toEqual(["1 of 3", "2 of 3", "3 of 3"]);
    const stored = [...registry.blobs.values()];
    expect(sentBytes).toBe(stored.reduce((sum, { length }) => sum + length, 0));
    expect(registry.seen.at(-1)?.line).toBe("PUT /v2/acme/shop/manifests/v1");
    const layout = await makeTree();
    const pulled = await pullImage(reference, { layout, architecture: "amd64" }, world);
    expect(pulled?.config).toEqual(image.config);
    expect(pulled?.layers.map(({ digest }) => digest)).toEqual(
      image.layers.map(({ digest }) => digest),
    );
  });

  test("does not send what the registry has", async () => {
    const { registry, push } = await story();
    await push();
    registry.seen.length = 0;
    expect(await push()).toEqual({ sentBlobs: 0, sentBytes: 0, knownBlobs: 3 });
    const sent = registry.seen.filter(({ bytes }) => bytes > 0);
    expect(sent.map(({ line }) => line)).toEqual(["PUT /v2/acme/shop/manifests/v1"]);
  });

  test("does not send a blob to whose storage the registry redirects", async () => {
    const { push } = await story({
      instead: (line) =>
        line.startsWith("HEAD ")
          ? { status: 307, headers: { location: "https://storage.example.com/blob" } }
          : undefined,
    });
    expect(await push()).toEqual({ sentBlobs: 0, sentBytes: 0, knownBlobs: 3 });
  });

  test("tries again after an error that may pass, and says so", async () => {
    const upload = "PUT /v2/acme/shop/blobs/uploads/1?state=a&digest=DIGEST";
    const { registry, push, retries } = await story({
      instead: (line, count) => (line === upload && count === 1 ? { status: 503 } : undefined),
    });
    expect(await push()).toMatchObject({ sentBlobs: 3 });
    expect(registry.blobs.size).toBe(3);
    expect(retries).toEqual(["The registry answered with status 503; trying again in 0 s"]);
  });

  test.each([
    ["gives up in the end", { status: 500, body: "oops" }, { status: 500, detail: "oops" }],
    [
      "fails at once if it is refused, with the registry's words",
      { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN","message":"not known"}]}' },
      { status: 404, detail: "NAME_UNKNOWN: not known" },
    ],
  ])("%s", async (_name, answer, facts) => {
    const { push, retries } = await story({
      instead: (line) => (line.startsWith("POST") ? answer : undefined),
    });
    const step = "start an upload";
    const code = "image/registry-refused";
    expect(await failureOf(push())).toMatchObject({ code, step, ...facts });
    expect(retries).toHaveLength(answer.status === 500 ? 1 : 0);
  });

  test("refuses a registry that stored something else", async () => {
    const headers = { "docker-content-digest": `sha256:${"0".repeat(64)}` };
    const { push } = await story({
      instead: (line) =>
        line.includes("PUT /v2/acme/shop/m") ? { status: 201, headers } : undefined,
    });
    expect(await failureOf(push())).toMatchObject({ code: "image/registry-wrong" });
  });

  test("sends no login to another host that the registry names for an upload", async () => {
    const other = await startServer(status(201));
    const headers = { location: `${other.url}/storage` };
    const { push, registry } = await story({
      login: "basic",
      instead: (line) => (line.startsWith("POST") ? { status: 202, headers } : undefined),
    });
    await push();
    expect(other.requests).toHaveLength(3);
    expect(registry.seen.filter(({ line }) => line.startsWith("PUT"))).toHaveLength(1);
  });
});

describe("pullImage", () => {
  test.each([
    ["application/vnd.oci.image.manifest.v1+json", "not JSON"],
    ["application/vnd.oci.image.manifest.v1+json", '{"config":1}'],
    ["application/vnd.oci.image.index.v1+json", "[]"],
  ])("says that a registry is wrong if its %s is %s", async (type, body) => {
    const headers = { "content-type": type };
    const { reference, world } = await story({
      instead: (line) =>
        line.includes("/manifests/") ? { status: 200, headers, body } : undefined,
    });
    const pull = pullImage(reference, { layout: await makeTree(), architecture: "amd64" }, world);
    expect(await failureOf(pull)).toMatchObject({
      code: "image/registry-wrong",
      problem: expect.stringContaining("is not a manifest"),
    });
  });
});

describe("pullImage takes from an index", () => {
  const of = (architecture: string) => ({ platform: { os: "linux", architecture } });

  test.each([
    ["the image that names the platform", [{}, of("arm64"), of("amd64")], 2],
    ["an image that names none", [of("arm64"), {}], 1],
  ])("%s", async (_, platforms, wanted) => {
    const { registry, reference, world } = await story();
    const images = await Promise.all(
      platforms.map(async (_platform, index) => await makeImage(await makeTree(), [`${index}`])),
    );
    const work = await makeTree();
    const entries = [];
    for (const [index, image] of images.entries()) {
      const { platform: _, ...entry } = await writeImage(work, image);
      entries.push({ ...entry, ...platforms[index] });
    }
    const top = await writeNestedIndex(work, entries);
    for (const { digest, mediaType } of [...entries, top]) {
      const bytes = await readFile(blobPath(join(work, "blobs"), digest));
      registry.manifests.set(digest, { type: mediaType, bytes });
      if (digest === top.digest) registry.manifests.set("v1", { type: mediaType, bytes });
    }
    for (const name of await readdir(join(work, "blobs/sha256"))) {
      registry.blobs.set(`sha256:${name}`, await readFile(join(work, "blobs/sha256", name)));
    }
    const layout = await makeTree();
    const pulled = await pullImage(reference, { layout, architecture: "amd64" }, world);
    expect(pulled?.config.rootfs).toEqual(images[wanted]?.config.rootfs);
  });
});

describe("a registry that wants a login", () => {
  test.each(["basic", "bearer"] as const)("gets the one of `docker login`: %s", async (login) => {
    const { push, registry } = await story({ login });
    expect(await push()).toMatchObject({ sentBlobs: 3 });
    const used = new Set(registry.seen.map(({ authorization }) => authorization?.split(" ")[1]));
    expect(used).toContain(login === "basic" ? "YW5uOnBhc3M=" : registryToken);
  });

  test("gets the token for an identity token", async () => {
    const auth = Buffer.from("ann:").toString("base64");
    const entry = { auth, identitytoken: "identity" };
    const { push } = await story({ login: "bearer" }, (host) => ({ auths: { [host]: entry } }));
    expect(await push()).toMatchObject({ sentBlobs: 3 });
  });

  test("gets what a credential helper answers, which is asked for this host", async () => {
    const bin = await makeTree({
      "docker-credential-stone":
        '#!/bin/sh\nread -r host\ncase "$host" in 127.0.0.1:*) echo \'{"Username":"ann","Secret":"pass"}\';; *) exit 1;; esac\n',
    });
    await chmod(join(bin, "docker-credential-stone"), 0o755);
    const config = () => ({ credsStore: "stone" });
    const { push } = await story({ login: "basic" }, config, `${bin}:/usr/bin:/bin`);
    expect(await push()).toMatchObject({ sentBlobs: 3 });
  });

  test("and gets none, or a wrong one, is an error that says which", async () => {
    const none = await story({ login: "basic" }, () => ({}));
    expect(await failureOf(none.push())).toEqual({
      code: "image/login-needed",
      registry: none.registry.host,
      repository: "acme/shop",
      // The answer to HEAD has no body.
      detail: "",
    });
    const wrong = { auth: Buffer.from("ann:s3cret").toString("base64") };
    for (const login of ["basic", "bearer"] as const) {
      const { push } = await story({ login }, (host) => ({ auths: { [host]: wrong } }));
      const failure = await failureOf(push());
      expect(failure).toMatchObject({ code: "image/login-refused", account: "ann" });
      expect(JSON.stringify(failure)).not.toContain("s3cret");
    }
  });

  test("and whose helper fails, or configuration is broken, is an error without its content", async () => {
    const missing = await story({ login: "basic" }, () => ({ credsStore: "nowhere" }));
    expect(await failureOf(missing.push())).toMatchObject({
      code: "image/helper-failed",
      helper: "docker-credential-nowhere",
    });
    const broken = await story({ login: "basic" }, () => '{"auths": s3cret');
    const failure = await failureOf(broken.push());
    expect(failure).toMatchObject({
      code: "image/login-unreadable",
      problem: "it is not valid JSON",
    });
  });

  test("checkPush finds that out without sending a blob", async () => {
    const denied = { status: 403, body: '{"errors":[{"code":"DENIED"}]}' };
    const { registry, reference, world } = await story({
      login: "basic",
      instead: (line) => (line.startsWith("POST") ? denied : undefined),
    });
    expect(await failureOf(checkPush(reference, world))).toMatchObject({
      code: "image/access-denied",
      account: "ann",
      detail: "DENIED",
    });
    expect(registry.blobs.size).toBe(0);
  });
});

describe("the connection", () => {
  test("is HTTPS, with the certificates that the machine trusts", async () => {
    const trusted = await story({ tls: true, login: "bearer" }, undefined, undefined, [
      loopbackCertificate,
    ]);
    expect(await trusted.push()).toMatchObject({ sentBlobs: 3 });
    const { push } = await story({ tls: true });
    expect(await failureOf(push())).toMatchObject({ code: "image/registry-certificate" });
  });

  test("is plain HTTP on this machine only, unless the user allows it", async () => {
    const { push, registry, world } = await story();
    // This machine under a name that does not look like it.
    const other = `[::ffff:127.0.0.1]:${registry.host.split(":")[1]}`;
    expect(await failureOf(push(other))).toMatchObject({ code: "image/registry-plain" });
    expect(await push(other, { ...world, insecure: [other] })).toMatchObject({ sentBlobs: 3 });
    expect(await push()).toMatchObject({ knownBlobs: 3 });
  });

  test("to nobody is an error after several attempts", async () => {
    const { push, retries } = await story();
    expect(await failureOf(push("127.0.0.1:1"))).toMatchObject({
      code: "image/registry-unreachable",
      attempts: 2,
    });
    expect(retries).toHaveLength(1);
  });
});

async function story(
  options: FakeRegistryOptions = {},
  config: (host: string) => object | string = (host) => ({
    auths: { [host]: { auth: Buffer.from("ann:pass").toString("base64") } },
  }),
  path = "/usr/bin:/bin",
  certificates: readonly string[] = [],
) {
  const registry = await startFakeRegistry(options);
  const docker = await makeTree();
  const written = config(registry.host);
  const text = typeof written === "string" ? written : JSON.stringify(written);
  await writeFile(join(docker, "config.json"), text);
  const layout = await makeTree();
  const image: Image = await makeImage(await makeTree(), ["one", "two"]);
  const manifest = await writeImage(layout, image);
  const client = createHttpClient({ env: {}, certificates });
  onTestFinished(async () => await client.close());
  const retries: string[] = [];
  const world: RegistryWorld = {
    ...{ client, insecure: [], signal: new AbortController().signal },
    env: { DOCKER_CONFIG: docker, PATH: path },
    onRetry: (reason) => retries.push(reason),
    patience: { attempts: 2, pauseMilliseconds: 0 },
  };
  const at = (host: string) => ({ registry: host, repository: "acme/shop", tag: "v1" });
  const push = async (host = registry.host, by = world) =>
    await pushImage({ layout, manifest, reference: at(host) }, by);
  return { registry, push, image, world, retries, reference: at(registry.host), layout };
}
