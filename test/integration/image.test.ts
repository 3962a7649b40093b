import { appendFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  copyImage,
  ensureImageTools,
  inspectConfig,
  runUnpacked,
  unpackImage,
} from "../support/image-tools.ts";
import { type App, build, makeApp } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/mirror-server.ts";
import { ensureWorld, temporaryDirectory, type World } from "../support/world.ts";

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

interface Request {
  image: string;
  env?: Record<string, string>;
  prefix?: readonly string[];
}

async function exported(app: App, { image, env = {}, prefix = [] }: Request) {
  const all = { BP_INVENTORY: server.inventory, ...env };
  const built = await build({ app, world, env: all, args: ["--image", image], prefix });
  expect(built).toMatchObject({ exitCode: 0 });
  if (!built.report?.image) throw new Error("there is no image in the report");
  return { log: built.log, image: built.report.image, layers: built.report.layers };
}

describe("lapidary build --image", () => {
  test("an image layout loads, tells what it is, and serves; a change of code changes one layer", async () => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack");
    const layout = join(place.path, "image");
    const first = await exported(app, { image: `oci:${layout}:v1` });
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
    const second = await exported(app, { image: `oci:${layout}:v1` });
    const changed = second.image.layers.filter(({ reused }) => !reused);
    expect(changed.map(({ name }) => name)).toEqual([expect.stringMatching(/^Application /)]);
    const digests = new Set(first.image.layers.map(({ digest }) => digest));
    const pushed = second.image.layers.filter(({ digest }) => !digests.has(digest));
    expect(pushed).toEqual(changed);

    // Without the state folder, the image is the previous build: its layers come back, caches do not.
    await rm(app.state, { recursive: true });
    const third = await exported(app, { image: `oci:${layout}:v1` });
    expect(third.log).toContain("the image that is there stands for the last one");
    const fates = third.layers.filter(({ types }) => types.launch).map(({ fate }) => fate);
    expect(new Set(fates)).toEqual(new Set(["reused"]));
    // The key that was made for the app at random included.
    expect(third.image.digest).toBe(second.image.digest);
  });

  test("two cold builds elsewhere, in other time zones, umasks and languages, are one image", async () => {
    await using place = await temporaryDirectory();
    const one = await makeApp(join(place.path, "one"), "rack");
    const two = await makeApp(join(place.path, "a-longer-name/two"), "rack");
    const env = { SECRET_KEY_BASE: "5".repeat(128) };
    const first = await exported(one, { image: `oci:${one.state}.image`, env });
    const foreign = ["env", "TZ=Asia/Tokyo", "LC_ALL=C", "LANG=tr_TR.UTF-8"];
    const prefix = [...foreign, "sh", "-c", 'umask 077; exec "$@"', "sh"];
    const image = `docker-archive:${two.state}.tar:shop:v1`;
    const second = await exported(two, { image, env, prefix });
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
