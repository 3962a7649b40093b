import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDocker } from "../support/docker-engine.ts";
import { ensureImageTools } from "../support/image-tools.ts";
import { exportApp, foreignPlace } from "../support/export-app.ts";
import { makeApp } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/mirror-server.ts";
import {
  ensureWorld,
  fullRing,
  onlyInFullRing,
  temporaryDirectory,
  type World,
} from "../support/world.ts";

let world: World;
let server: MirrorServer;

beforeAll(async () => {
  if (!fullRing) return;
  world = await ensureWorld();
  server = await serveMirror(world.mirror);
  await ensureImageTools("dockerd");
});

afterAll(async () => {
  await server?.close();
});

describe("the image of the Rails sample", () => {
  test("a Docker engine loads and serves it, shows its labels and no secret; code is one layer", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    await using place = await temporaryDirectory();
    await using engine = await startDocker(join(place.path, "docker"));
    const app = await makeApp(place.path, "rails");
    const archive = join(place.path, "image.tar");
    const env = { BP_INVENTORY: server.inventory };
    const image = `docker-archive:${archive}:rails:v1`;
    const first = await exportApp({ world, app, image, env });
    await engine.docker("load", "--input", archive);
    const inspected = await engine.docker("image", "inspect", "rails:v1");
    for (const label of ["lifecycle.metadata", "build.metadata", "project.metadata"]) {
      expect(inspected).toContain(`"io.buildpacks.${label}"`);
    }
    const own = "current/image/layers/lapidary_ruby/secret-key-base";
    const secret = await readFile(
      join(app.state, own, "env.launch/SECRET_KEY_BASE.default"),
      "utf8",
    );
    expect(secret.length).toBeGreaterThan(60);
    expect(inspected).not.toContain(secret);
    expect(await engine.docker("history", "--no-trunc", "rails:v1")).not.toContain(secret);
    {
      await using served = await engine.run("rails:v1", ["--user=1002:1000"]);
      expect(await served.get("/up")).toMatchObject({ status: 200 });
    }
    const words = ["run", "--rm", "--network=host", "--entrypoint=launcher", "rails:v1"];
    const printed = await engine.docker(
      ...words,
      "--",
      "ruby",
      "-e",
      "print RUBY_VERSION, Dir.pwd",
    );
    expect(printed).toContain("3.3.8/workspace");

    await appendFile(join(app.dir, "app/controllers/application_controller.rb"), "# changed\n");
    const second = await exportApp({ world, app, image, env });
    const before = new Set(first.image.layers.map(({ digest }) => digest));
    const pushed = second.image.layers.filter(({ digest }) => !before.has(digest));
    // Slice 1 is the assets.
    expect(pushed.map(({ name }) => name)).toEqual(["Application Slice: 2"]);
  });

  test("two cold builds elsewhere, in other time zones, umasks and languages, are one image", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    await using place = await temporaryDirectory();
    const given = { SECRET_KEY_BASE: "5".repeat(128), DISABLE_BOOTSNAP: "1" };
    const env = { BP_INVENTORY: server.inventory, ...given };
    const one = await makeApp(join(place.path, "one"), "rails");
    const two = await makeApp(join(place.path, "a-longer-name/two"), "rails");
    const first = await exportApp({ world, app: one, image: `oci:${one.state}.image`, env });
    const second = await exportApp({
      world,
      app: two,
      image: `oci:${two.state}.image`,
      env,
      prefix: foreignPlace,
    });
    const names = ({ image }: typeof first) =>
      image.layers.map(({ name, diffId }) => [name, diffId]);
    expect(names(second)).toEqual(names(first));
    expect(second.image.digest).toBe(first.image.digest);
  });
});
