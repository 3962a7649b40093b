import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Image } from "../../../src/oci/image.ts";
import { writeImage } from "../../../src/oci/layout.ts";
import { loadIntoEngine } from "../../../src/oci/docker-engine.ts";
import { parseImageReference } from "../../../src/oci/registry/image-reference.ts";
import { pull, push } from "../../../src/platform/export/image-world.ts";
import { failureOf } from "../../support/failure.ts";
import { makeImage } from "../../support/images/image.ts";
import { imageWorld } from "../../support/images/image-world.ts";
import { copyImage, ensureImageTools, inspectConfig } from "../../support/images/image-tools.ts";
import { startDocker } from "../../support/servers/docker-engine.ts";
import { startDockerRegistry } from "../../support/servers/docker-registry.ts";
import { makeTree } from "../../support/tree.ts";
import { fullRing, onlyInFullRing } from "../../support/world.ts";

beforeAll(async () => {
  const engine = fullRing ? (["dockerd"] as const) : [];
  await ensureImageTools("skopeo", "docker-registry", ...engine);
});

describe("the distribution project's registry", () => {
  test("takes an image, which skopeo pulls; of the next one it gets only what is new", async () => {
    await using registry = await startDockerRegistry(await makeTree());
    const large = "x".repeat(100_000);
    const first = await makeImage(await makeTree(), ["base", large, "code"]);
    expect(await pushTo(registry.host, first)).toMatchObject({ sentBlobs: 4, knownBlobs: 0 });
    const layout = join(await makeTree(), "pulled");
    await copyImage(`docker://${registry.host}/acme/shop:v1`, `oci:${layout}:v1`);
    expect((await inspectConfig(`oci:${layout}:v1`)).rootfs).toEqual(first.config.rootfs);

    const second = await makeImage(await makeTree(), ["base", large, "changed code"]);
    const pushed = await pushTo(registry.host, second);
    // The layer with the code, and the config.
    expect(pushed).toMatchObject({ sentBlobs: 2, knownBlobs: 2 });
    const code = second.layers[2]?.size ?? 0;
    expect(pushed.sentBytes).toBe(code + JSON.stringify(second.config).length);

    const work = { layout: await makeTree(), architecture: "amd64" };
    const pulled = await pull(referenceAt(registry.host), work, imageWorld);
    expect(pulled?.config).toEqual(second.config);
    expect(await pull({ ...referenceAt(registry.host), tag: "v9" }, work, imageWorld)).toBe(
      undefined,
    );
  });

  test("with a password takes only a login from Docker's configuration", async () => {
    await using registry = await startDockerRegistry(await makeTree(), { login: true });
    const image = await makeImage(await makeTree(), ["base"]);
    expect(await failureOf(pushTo(registry.host, image))).toMatchObject({
      code: "image/login-needed",
    });
    const auth = Buffer.from("ann:pass").toString("base64");
    const config = JSON.stringify({ auths: { [registry.host]: { auth } } });
    const env = { DOCKER_CONFIG: await makeTree({ "config.json": config }) };
    expect(await pushTo(registry.host, image, env)).toMatchObject({ sentBlobs: 2 });
  });

  test("serves a Docker engine, which knows the image that was loaded into it", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    const place = await makeTree();
    await using registry = await startDockerRegistry(join(place, "registry"));
    await using engine = await startDocker(join(place, "docker"));
    const image = await makeImage(await makeTree(), ["base", "code"]);
    await pushTo(registry.host, image);
    const name = `${registry.host}/acme/shop:v1`;
    await engine.docker("pull", name);
    const id = async (of: string) =>
      await engine.docker("image", "inspect", "--format={{.Id}}", of);
    await loadIntoEngine(image, ["shop:v2"], { ...imageWorld, env: { DOCKER_HOST: engine.host } });
    expect(await id("shop:v2")).toBe(await id(name));
  });
});

function referenceAt(host: string) {
  const reference = parseImageReference(`${host}/acme/shop:v1`);
  if ("problem" in reference) throw new Error(reference.problem);
  return reference;
}

async function pushTo(host: string, image: Image, env: Record<string, string> = imageWorld.env) {
  const layout = await makeTree();
  const manifest = await writeImage(layout, image);
  return await push({ layout, manifest, reference: referenceAt(host) }, { ...imageWorld, env });
}
