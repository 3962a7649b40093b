import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDocker } from "../../support/servers/docker-engine.ts";
import { ensureImageTools } from "../../support/images/image-tools.ts";
import { type ExportedApp, exportApp, foreignPlace } from "../../support/images/export-app.ts";
import { type App, makeApp } from "../../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../../support/servers/mirror-server.ts";
import { differingNames } from "../../support/tree-digest.ts";
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
  if (!fullRing) return;
  world = await ensureWorld({ rubies: ["3.3.8", "3.1.2"] });
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

  test("two cold builds elsewhere, in other time zones, umasks and languages, are one image; bootsnap's code alone can differ", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    await using place = await temporaryDirectory();
    const apps = await twoApps(place.path, "rails");
    const [first, second] = await exportBoth(apps, { BP_RAILS_BOOTSNAP: "false" });
    expect(diffIds(second)).toEqual(diffIds(first));
    expect(second.image.digest).toBe(first.image.digest);

    const [third, fourth] = await exportBoth(apps, { BP_RAILS_BOOTSNAP: "true" });
    const before = new Map(diffIds(third));
    const changed = diffIds(fourth).filter(([name, id]) => before.get(name ?? "") !== id);
    const holdingCode = /^(Layer: 'bootsnap', Created by buildpack: .*|Application Slice: 2)$/;
    expect(changed.filter(([name]) => !holdingCode.test(name ?? ""))).toEqual([]);
    const names = await differingNames(...imagesOf(apps));
    expect(names.filter((name) => !/\/bootsnap\/compile-cache-(iseq|yaml)\//.test(name))).toEqual(
      [],
    );
  });

  test("of two cold builds with Sprockets, its manifest alone differs: its name is random, and it holds times", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    await using place = await temporaryDirectory();
    const apps = await twoApps(place.path, "rails-sprockets");
    await exportBoth(apps, {});
    const names = await differingNames(...imagesOf(apps));
    const manifest = expect.stringMatching(
      /^app\/public\/assets\/\.sprockets-manifest-[0-9a-f]{32}\.json$/,
    );
    expect(names).toEqual([manifest, manifest]);
  });
});

async function twoApps(place: string, sample: string): Promise<readonly [App, App]> {
  const one = await makeApp(join(place, "one"), sample);
  return [one, await makeApp(join(place, "a-longer-name/two"), sample)];
}

/** Exports both, the second in another place of the world. */
async function exportBoth([one, two]: readonly [App, App], settings: Record<string, string>) {
  const env = {
    BP_INVENTORY: server.inventory,
    SECRET_KEY_BASE: "5".repeat(128),
    ...settings,
  };
  const first = await exportApp({ world, app: one, image: `oci:${one.state}.image`, env });
  const image = `oci:${two.state}.image`;
  const second = await exportApp({ world, app: two, image, env, prefix: foreignPlace });
  return [first, second] as const;
}

function diffIds({ image }: ExportedApp): (readonly [name: string | undefined, diffId: string])[] {
  return image.layers.map(({ name, diffId }) => [name, diffId]);
}

/** Where the state directorys hold what is in the images. */
function imagesOf([one, two]: readonly [App, App]): [string, string] {
  return [join(one.state, "current/image"), join(two.state, "current/image")];
}
