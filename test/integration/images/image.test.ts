import { appendFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  copyImage,
  ensureImageTools,
  inspectConfig,
  runUnpacked,
  unpackImage,
} from "../../support/images/image-tools.ts";
import { exportApp, foreignPlace } from "../../support/images/export-app.ts";
import { makeApp } from "../../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../../support/servers/mirror-server.ts";
import {
  ensureWorld,
  fullRing,
  onlyInFullRing,
  temporaryDirectory,
  type World,
} from "../../support/world.ts";

let world: World;
let server: MirrorServer;

beforeAll(async () => {
  world = await ensureWorld();
  server = await serveMirror(world.mirror);
  await ensureImageTools("skopeo", "umoci");
});

afterAll(async () => {
  await server?.close();
});

describe("lapidary build --image", () => {
  test("an image layout loads, tells what it is, and serves; a change of code changes one layer", async () => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack");
    const layout = join(place.path, "image");
    const request = { world, env: { BP_INVENTORY: server.inventory } };
    const first = await exportApp({ ...request, app, image: `oci:${layout}:v1` });
    const config = await inspectConfig(`oci:${layout}:v1`);
    expect(config.config.Entrypoint).toEqual(["/cnb/process/web"]);
    expect(Object.keys(config.config.Labels)).toEqual(
      expect.arrayContaining([
        "io.buildpacks.lifecycle.metadata",
        "io.buildpacks.build.metadata",
        "io.buildpacks.project.metadata",
      ]),
    );
    const root = await unpackImage(layout, "v1", join(place.path, "bundle"));
    // As somebody who did not build: what the app may not write, it need not.
    const other = { ...config, config: { ...config.config, User: "1002:1000" } };
    await using served = await runUnpacked(root, other);
    expect(await served.get("/")).toMatchObject({
      status: 200,
      body: expect.stringContaining("3.3.8"),
    });

    await appendFile(join(app.dir, "config.ru"), "# changed\n");
    const second = await exportApp({ ...request, app, image: `oci:${layout}:v1` });
    const changed = second.image.layers.filter(({ reused }) => !reused);
    expect(changed.map(({ name }) => name)).toEqual([expect.stringMatching(/^Application /)]);
    const digests = new Set(first.image.layers.map(({ digest }) => digest));
    const pushed = second.image.layers.filter(({ digest }) => !digests.has(digest));
    expect(pushed).toEqual(changed);

    // Without the state directory, the image is the previous build: its layers come back, caches do not.
    await rm(app.state, { recursive: true });
    const third = await exportApp({ ...request, app, image: `oci:${layout}:v1` });
    expect(third.log).toContain("reusing the layers of the image that will be replaced");
    const fates = third.layers.filter(({ types }) => types.launch).map(({ fate }) => fate);
    expect(new Set(fates)).toEqual(new Set(["reused"]));
    // The key that was made for the app at random included.
    expect(third.image.digest).toBe(second.image.digest);
  });

  test("two cold builds elsewhere, in other time zones, umasks and languages, are one image", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    await using place = await temporaryDirectory();
    const one = await makeApp(join(place.path, "one"), "rack");
    const two = await makeApp(join(place.path, "a-longer-name/two"), "rack");
    const env = { BP_INVENTORY: server.inventory, SECRET_KEY_BASE: "5".repeat(128) };
    const first = await exportApp({ world, app: one, image: `oci:${one.state}.image`, env });
    const image = `docker-archive:${two.state}.tar:shop:v1`;
    const second = await exportApp({ world, app: two, image, env, prefix: foreignPlace });
    expect(second.image.layers.map(({ diffId, name }) => [name, diffId])).toEqual(
      first.image.layers.map(({ diffId, name }) => [name, diffId]),
    );
    expect(second.image.digest).toBe(first.image.digest);

    // The archive holds the same image.
    const copy = `oci:${two.state}.copy:v1`;
    await copyImage(image, copy);
    const { config, rootfs } = await inspectConfig(copy);
    expect(config.Entrypoint).toEqual(["/cnb/process/web"]);
    const ours = await inspectConfig(`oci:${one.state}.image:latest`);
    expect(rootfs.diff_ids).toEqual(ours.rootfs.diff_ids);
  });
});
