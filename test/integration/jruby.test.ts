import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureJvm } from "../../scripts/debian/jvm.ts";
import { withWork } from "../../scripts/work.ts";
import { makeJvmBuildpack } from "../support/buildpacks/jvm-buildpack.ts";
import { type App, build, makeApp, runCommandIn, serve } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";
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

  test("an app on JRuby fails before a download where Java is there at launch alone", async () => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "jruby");
    const built = await buildOn(app, await makeJvmBuildpack(jvm, "launch"));
    expect(built.exitCode).not.toBe(0);
    expect(built.log).toContain(
      "! Error: `jruby 9.4.15.0` needs Java, which this build does not have",
    );
    expect(server.requests).toEqual([]);
  });

  test("an app on JRuby is built on the Java of another buildpack, and serves", async () => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "jruby");
    const jvmBuildpack = await makeJvmBuildpack(jvm);
    const built = await buildOn(app, jvmBuildpack);
    expect(built, built.log).toMatchObject({ exitCode: 0 });
    for (const line of [
      /- `17\.[0-9.]+` at `\/layers\/test_jvm\/jdk\/bin\/java`/,
      /Installed `jruby 9\.4\.15\.0` \(compatible with Ruby `3\.1\.7`\)/,
      /Using `2\.6\.3`, which ships with Ruby/,
      /Installing puma [0-9.]+ \(java\)/,
    ]) {
      expect(built.log).toMatch(line);
    }
    const layers = built.report?.layers.map(({ name }) => name);
    expect(layers).toEqual(expect.arrayContaining(["jdk", "ruby", "gems"]));
    expect(layers).not.toContain("jemalloc");

    await expectServes(app);
    await expectJrubyOnPath(app);
    await expectOptions(app, {}, "false");
    await expectOptions(app, { JRUBY_OPTS: "-Xcompile.invokedynamic=true" }, "true");

    const rebuilt = await buildOn(app, jvmBuildpack);
    expect(rebuilt.log).toContain("Using `jruby 9.4.15.0` of the last build");
    expect(rebuilt.log).toContain("Using the gems of the last build: nothing has changed");
    const fates = rebuilt.report?.layers.filter(({ name }) => ["ruby", "gems"].includes(name));
    expect(fates?.map(({ fate }) => fate)).toEqual(["reused", "reused"]);
  });
});

/** Also where a platform tells all apps to fork, which makes puma end on JRuby. */
async function expectServes(app: App): Promise<void> {
  await using served = await serve({ app, world, env: { WEB_CONCURRENCY: "2" } });
  const { v4, v6 } = await served.get("/stones");
  expect([v4.status, v6.status]).toEqual([200, 200]);
  expect(JSON.parse(v6.body)).toMatchObject({
    path: "/stones",
    rack_env: "production",
    ruby: expect.stringContaining("jruby 9.4.15.0 (3.1.7)") as string,
  });
}

async function expectJrubyOnPath(app: App): Promise<void> {
  const ruby = "/layers/lapidary_ruby/ruby";
  const script = `for name in ruby bundle gem rake; do command -v $name; done; ls ${ruby}/lib`;
  const { log } = await runCommandIn({ app, world }, "sh", "-c", script);
  const programs = ["ruby", "bundle", "gem", "rake"].map((name) => `${ruby}/bin/${name}`);
  // No archive of loaded classes, which no image could use.
  expect(log).toContain([...programs, "jni", "jruby.jar", "ruby", ""].join("\n"));
}

async function expectOptions(app: App, env: Record<string, string>, compiled: string) {
  const ask = 'print java.lang.System.getProperty("jruby.compile.invokedynamic")';
  const { exitCode, log } = await runCommandIn({ app, world, env }, "ruby", "-e", ask);
  expect({ exitCode, said: log.split("\n") }).toEqual({
    exitCode: 0,
    said: expect.arrayContaining([compiled]) as string[],
  });
}
