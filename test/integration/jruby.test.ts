import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureJvm } from "../../scripts/jvm.ts";
import { withWork } from "../../scripts/work.ts";
import { makeJvmBuildpack } from "../support/jvm-buildpack.ts";
import { type App, build, makeApp, runCommandIn, serve } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/mirror-server.ts";
import { ensureWorld, temporaryDirectory, type World } from "../support/world.ts";

const lapidary = fileURLToPath(new URL("../..", import.meta.url));
let world: World;
let jvm: string;
let server: MirrorServer;

beforeAll(async () => {
  world = await ensureWorld({ rubies: [], jrubies: ["9.4.15.0"], jemallocs: [] });
  jvm = await withWork("What JRuby runs on", ensureJvm);
  server = await serveMirror(world.mirror);
});

afterAll(async () => {
  await server?.close();
});

async function buildOn(app: App, ...buildpacks: readonly string[]) {
  const args = [...buildpacks, lapidary].flatMap((path) => ["--buildpack", path]);
  return await build({ app, world, args, env: { BP_INVENTORY: server.inventory } });
}

describe("Application Contract: Java version", () => {
  test("an app on JRuby says what it lacks where nobody brings Java", async () => {
    await using place = await temporaryDirectory();
    const built = await buildOn(await makeApp(place.path, "jruby"));
    expect(built.exitCode).not.toBe(0);
    expect(built.log).toContain(
      "requires jdk, which no other buildpack provides (heroku/jvm would)",
    );
    expect(server.requests).toEqual([]);
  });

  test("an app on JRuby is built on the Java of another buildpack, and serves", async () => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "jruby");
    const built = await buildOn(app, await makeJvmBuildpack(jvm));
    expect(built, built.log).toMatchObject({ exitCode: 0 });
    for (const line of [
      /- `17\.[0-9.]+` at `\/layers\/test_jvm\/jdk\/bin\/java`/,
      /`jruby 9\.4\.15\.0` reports the version that was asked for, and that it speaks Ruby `3\.1\.7`/,
      /`2\.6\.3` ships with Ruby/,
      /Installing puma [0-9.]+ \(java\)/,
    ]) {
      expect(built.log).toMatch(line);
    }
    const layers = built.report?.layers.map(({ name }) => name);
    expect(layers).toEqual(expect.arrayContaining(["jdk", "ruby", "gems"]));
    expect(layers).not.toContain("jemalloc");

    await using served = await serve({ app, world });
    const { v4, v6 } = await served.get("/stones");
    expect([v4.status, v6.status]).toEqual([200, 200]);
    expect(JSON.parse(v6.body)).toMatchObject({
      path: "/stones",
      rack_env: "production",
      ruby: expect.stringContaining("jruby 9.4.15.0 (3.1.7)") as string,
    });

    const ruby = "/layers/lapidary_ruby/ruby";
    const commands = "for name in ruby bundle gem rake; do command -v $name; done";
    const found = await runCommandIn({ app, world }, "sh", "-c", `${commands}; ls ${ruby}/lib`);
    const programs = ["ruby", "bundle", "gem", "rake"].map((name) => `${ruby}/bin/${name}`);
    // No archive of loaded classes, which no image could use.
    expect(found.log.trim().split("\n")).toEqual([...programs, "jni", "jruby.jar", "ruby"]);

    const rebuilt = await buildOn(app, await makeJvmBuildpack(jvm));
    expect(rebuilt.log).toContain("Kept `jruby 9.4.15.0`: nothing that it depends on has changed");
    expect(rebuilt.log).toContain("Kept: nothing that `bundle install` depends on has changed");
  });

  test("JRUBY_OPTS reaches JRuby, and another value at run time wins", async () => {});
});
