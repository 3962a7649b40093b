import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runAsRoot, writableRoot } from "../support/builds/writable-root.ts";
import { type App, build, runCommandIn, serve } from "../support/lapidary.ts";
import { servedWorld } from "../support/servers/served-world.ts";
import { fullRing, onlyInFullRing, temporaryDirectory } from "../support/world.ts";

const page = fileURLToPath(new URL("../../docs/system-packages.md", import.meta.url));

test("an app that needs libvips gets it into both root file systems by the command of the page", async ({
  skip,
}) => {
  skip(!fullRing, onlyInFullRing);
  const { world, inventory } = await servedWorld();
  await using place = await temporaryDirectory();
  const app = await appWithVips(place.path);
  const env = { BP_INVENTORY: inventory };

  const without = await build({ app, world, env });
  expect(without.exitCode, without.log).toBe(0);
  expect(without.log).toMatch(/! Missing from the build image: libvips\.so\.42.*libvips42/);
  const failed = await runCommandIn(
    { app, world },
    "bundle",
    "exec",
    "ruby",
    "-e",
    "require 'vips'",
  );
  expect(failed.exitCode).not.toBe(0);
  expect(failed.log).toContain("Could not open library 'vips.so.42'");

  await using buildRoot = await writableRoot(place.path, "build", world.buildRoot);
  await using runRoot = await writableRoot(place.path, "run", world.runRoot);
  for (const { path } of [buildRoot, runRoot]) await addPackages(path);
  const withPackages = { ...world, buildRoot: buildRoot.path, runRoot: runRoot.path };
  const built = await build({ app, world: withPackages, env });
  expect(built.exitCode, built.log).toBe(0);
  expect(built.log).not.toContain("Missing from the build image");
  expect(built.log).toMatch(/The run image must have .*libvips/);
  await using served = await serve({ app, world: withPackages });
  expect((await served.get("/")).v4).toMatchObject({
    status: 200,
    body: expect.stringMatching("^.PNG"),
  });
});

/** Runs the page's `chroot` command in another root file system. */
async function addPackages(root: string): Promise<void> {
  const [, command = ""] =
    /`chroot \/srv\/build (apt-get install [^`]+)`/.exec(await readFile(page, "utf8")) ?? [];
  expect(command).toContain("libvips42");
  // Root file systems of tests have no list of packages, and no name server.
  await writeFile(join(root, "etc/resolv.conf"), await readFile("/etc/resolv.conf"));
  await runAsRoot("chroot", root, "apt-get", "update");
  await runAsRoot("chroot", root, ...command.split(" "));
}

async function appWithVips(parent: string): Promise<App> {
  const dir = join(parent, "app");
  await mkdir(dir);
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  return { dir, state: join(parent, "state"), report: join(parent, "report.json") };
}

const files = {
  Gemfile: `source "https://rubygems.org"
ruby "3.3.8"
gem "puma"
gem "rackup"
gem "ruby-vips"
`,
  "Gemfile.lock": `GEM
  remote: https://rubygems.org/
  specs:
    ffi (1.17.4)
    logger (1.7.0)
    nio4r (2.7.5)
    puma (8.0.2)
      nio4r (~> 2.0)
    rack (3.2.8)
    rackup (2.3.1)
      rack (>= 3)
    ruby-vips (2.3.0)
      ffi (~> 1.12)
      logger

PLATFORMS
  ruby

DEPENDENCIES
  puma
  rackup
  ruby-vips

RUBY VERSION
   ruby 3.3.8p144

BUNDLED WITH
   2.5.22
`,
  "config.ru": `require "vips"
run lambda { |_|
  image = Vips::Image.black(64, 64).thumbnail_image(8)
  [200, { "content-type" => "image/png" }, [image.write_to_buffer(".png")]]
}
`,
};
