import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import glob from "fast-glob";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, makeApp, runCommandIn, serve } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";
import { startPostgreSql } from "../support/servers/postgresql.ts";
import { ensureWorld, temporaryDirectory, type World } from "../support/world.ts";

let world: World;
let server: MirrorServer;

beforeAll(async () => {
  world = await ensureWorld();
  server = await serveMirror(world.mirror);
});

afterAll(async () => {
  await server?.close();
});

describe("samples", () => {
  test("a Sinatra app gets the Bundler that its lockfile names, and serves", async () => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "sinatra");
    const built = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
    expect(built).toMatchObject({ exitCode: 0 });
    expect(built.log).toContain("Bundler `2.7.2` from Gemfile.lock");
    expect(built.report?.layers.map(({ name }) => name)).toContain("bundler");
    // Its rake is for tests alone: there is nothing to list tasks with, and nothing to run them.
    expect(built.log).toContain("Not precompiled, because rake is not installed");
    expect(built.report?.processes.map(({ type }) => type)).toEqual(["console", "web"]);
    const version = await runCommandIn({ app, world }, "bundle", "--version");
    expect(version.log).toMatch(/\b2\.7\.2\b/);
    await using served = await serve({ app, world });
    const { v4, v6 } = await served.get("/");
    expect([v4.status, v6.status]).toEqual([200, 200]);
  });

  test("an app that Bundler 4 has locked is built with it, and serves", async () => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack");
    const lockfile = join(app.dir, "Gemfile.lock");
    // Bundler 4 writes these sections with two spaces, and no patch level.
    const text = (await readFile(lockfile, "utf8"))
      .replace(/^RUBY VERSION\n.*$/m, "RUBY VERSION\n  ruby 3.3.8")
      .replace(/^BUNDLED WITH\n.*$/m, "BUNDLED WITH\n  4.0.3");
    await writeFile(lockfile, text);
    const built = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
    expect(built).toMatchObject({ exitCode: 0 });
    expect(built.log).toContain("Bundler `4.0.3` from Gemfile.lock");
    const version = await runCommandIn({ app, world }, "bundle", "--version");
    expect(version.log).toMatch(/\b4\.0\.3\b/);
    await using served = await serve({ app, world });
    expect((await served.get("/")).v4.status).toBe(200);
  });

  test("native extensions compile against our Ruby and run where there is no compiler", async () => {
    await using place = await temporaryDirectory();
    await using postgresql = await startPostgreSql();
    const app = await makeApp(place.path, "native");
    const built = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
    expect(built).toMatchObject({ exitCode: 0 });
    for (const gem of ["nokogiri", "pg", "bootsnap", "puma"]) {
      expect(built.log).toMatch(new RegExp(`Installing ${gem} [0-9.]+ with native extensions`));
    }
    expect(built.log).toContain("`libpq.so.5` (package `libpq5`), needed by pg");
    expect(built.log).toContain("apt-get install --yes --no-install-recommends libpq5`");
    // nokogiri asks its compiler for it, whatever Ruby does.
    expect(await librariesWithDebugInformation(app)).toEqual(["nokogiri.so"]);
    const compiler = await runCommandIn({ app, world }, "sh", "-c", "command -v cc gcc make");
    expect(compiler.exitCode).not.toBe(0);
    const env = { DATABASE_URL: postgresql.url };
    await using served = await serve({ app, world, env });
    const { v4, v6 } = await served.get("/");
    // Stones parsed by nokogiri, added up by PostgreSQL: 10 + 9 + 8.
    expect(v4).toMatchObject({ status: 200, body: expect.stringContaining("total 27") });
    expect(v6).toMatchObject({ status: 200, body: expect.stringContaining("total 27") });
  });
});

async function librariesWithDebugInformation({ state }: { state: string }): Promise<string[]> {
  const cwd = join(state, "current/image/layers/lapidary_ruby/gems/extensions");
  const libraries = await glob("**/*.so", { cwd, absolute: true });
  expect(libraries.length).toBeGreaterThan(4);
  const contents = await Promise.all(libraries.map((path) => readFile(path)));
  const found = libraries.filter((_, index) => contents[index]?.includes(".debug_info"));
  return found.map((path) => basename(path));
}
