import { execa } from "execa";
import { appendFile, readdir, rm } from "node:fs/promises";
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

const words = (image: string) => ["--image", image];

async function exported(app: App, image: string, prefix: readonly string[] = []) {
  const env = { BP_INVENTORY: server.inventory };
  const built = await build({ app, world, env, args: words(image), prefix });
  expect(built).toMatchObject({ exitCode: 0 });
  if (!built.report?.image) throw new Error("there is no image in the report");
  return { log: built.log, image: built.report.image, layers: built.report.layers };
}

describe("lapidary build --image", () => {
  test("an image layout loads, tells what it is, and serves; a change of code changes one layer", async () => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack");
    const layout = join(place.path, "image");
    const first = await exported(app, `oci:${layout}:v1`);
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
    const second = await exported(app, `oci:${layout}:v1`);
    const changed = second.image.layers.filter(({ reused }) => !reused);
    expect(changed.map(({ name }) => name)).toEqual([expect.stringMatching(/^Application /)]);
    const digests = new Set(first.image.layers.map(({ digest }) => digest));
    const pushed = second.image.layers.filter(({ digest }) => !digests.has(digest));
    expect(pushed).toEqual(changed);
  });

  test("two cold builds elsewhere, in other time zones, umasks and languages, are one image", async () => {
    await using place = await temporaryDirectory();
    const one = await makeApp(join(place.path, "one"), "rack");
    const two = await makeApp(join(place.path, "a-longer-name/two"), "rack");
    const first = await exported(one, `oci:${one.state}.image`);
    const foreign = ["env", "TZ=Asia/Tokyo", "LC_ALL=C", "LANG=tr_TR.UTF-8"];
    const prefix = [...foreign, "sh", "-c", 'umask 077; exec "$@"', "sh"];
    const second = await exported(two, `docker-archive:${two.state}.tar:shop:v1`, prefix);
    expect(second.image.layers.map(({ diffId, name }) => [name, diffId])).toEqual(
      first.image.layers.map(({ diffId, name }) => [name, diffId]),
    );
    expect(second.image.digest).toBe(first.image.digest);

    // The archive holds the same image.
    const copy = `oci:${two.state}.copy:v1`;
    await copyImage(`docker-archive:${two.state}.tar:shop:v1`, copy);
    const { config, rootfs } = await inspectConfig(copy);
    expect(config.Entrypoint).toEqual(["/cnb/process/web"]);
    const ours = await inspectConfig(`oci:${one.state}.image:latest`);
    expect(rootfs.diff_ids).toEqual(ours.rootfs.diff_ids);

    // Without the state folder, the image is the previous build: metadata comes back, caches do not.
    await rm(one.state, { recursive: true });
    const third = await exported(one, `oci:${one.state}.image`);
    expect(third.log).toContain("the image that is there stands for the last one");
    const fates = third.layers.filter(({ types }) => types.launch).map(({ fate }) => fate);
    expect(new Set(fates)).toEqual(new Set(["reused"]));
    expect(third.image.digest).toBe(first.image.digest);
    const blobs = await readdir(join(`${one.state}.image`, "blobs/sha256"));
    expect(blobs.length).toBeGreaterThan(third.image.layers.length);
    await execa("umoci", ["list", "--layout", `${one.state}.image`]);
  });
});
