import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type App,
  build,
  type BuildResult,
  makeApp,
  runCommandIn,
  serve,
} from "../../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../../support/servers/mirror-server.ts";
import { makeNodeBuildpack, type ModulesPlace } from "../../support/buildpacks/node-buildpack.ts";
import {
  ensureWorld,
  fullRing,
  onlyInFullRing,
  temporaryDirectory,
  type World,
} from "../../support/world.ts";

const tasks = `
Rake::Task["assets:precompile"].enhance { puts "NODE #{ENV.values_at("NODE_ENV", "NODE_OPTIONS")}" }
`;

const own = fileURLToPath(new URL("../../..", import.meta.url));

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let world: World;
let server: MirrorServer;
let app: App;
let buildpacks: Record<ModulesPlace, string>;
let first: BuildResult;

beforeAll(async () => {
  world = await ensureWorld();
  place = await temporaryDirectory();
  server = await serveMirror(world.mirror);
  app = await makeApp(place.path, "rails-yarn");
  await mkdir(join(app.dir, "lib/tasks"), { recursive: true });
  await writeFile(join(app.dir, "lib/tasks/story.rake"), tasks);
  buildpacks = {
    "in the app": await makeNodeBuildpack(place.path, "in the app"),
    "in a layer": await makeNodeBuildpack(place.path, "in a layer"),
  };
  first = await buildWith("in the app");
});

afterAll(async () => {
  await server?.close();
  await place?.[Symbol.asyncDispose]();
});

describe("a Rails app with yarn, behind a Node buildpack", () => {
  test("is bundled by a development dependency, and serves the bundle by its digest", async () => {
    expect(first.exitCode, first.log).toBe(0);
    expect(first.log).toContain("esbuild app/javascript/*.*");
    // The Node buildpack has installed the packages; once is enough.
    expect(first.log.match(/^.*yarn install v1/gm)).toHaveLength(1);
    const link = await expectServesBundle();
    expect(link).toMatch(/^\/assets\/application-[0-9a-f]+\.js$/);
  });

  test("is bundled in the environment that the Node buildpack left", () => {
    expect(first.log).toContain('NODE ["production", "--no-deprecation"]');
  });

  test("has no development dependencies when it runs, and the others", async () => {
    expect(first.log).toContain("Running `yarn install --production");
    expect(await packages()).toEqual(["ms"]);
    const tool = await runCommandIn({ app, world }, "sh", "-c", "command -v node yarn");
    expect(tool.exitCode).not.toBe(0);
  });

  test("keeps every layer and the same packages of an unchanged build, without any network", async () => {
    const before = await expectServesBundle();
    const again = await buildWith("in the app", {}, ["unshare", "--net"]);
    expect(again.exitCode, again.log).toBe(0);
    const fates = again.report?.layers
      .filter(({ name }) => ["ruby", "gems", "assets"].includes(name))
      .map(({ name, fate }) => `${name} ${fate}`);
    expect(fates?.sort()).toEqual(["assets reused", "gems reused", "ruby reused"]);
    expect(await packages()).toEqual(["ms"]);
    expect(await expectServesBundle()).toBe(before);
  });

  test("BP_NODE_MODULES=remove leaves no packages, and the bundle is served", async () => {
    const removed = await buildWith("in the app", { BP_NODE_MODULES: "remove" });
    expect(removed.exitCode, removed.log).toBe(0);
    expect(await packages()).toEqual([]);
    await expectServesBundle();
  });

  test("packages in a layer of the Node buildpack are bundled from, and not touched", async () => {
    const built = await buildWith("in a layer", { BP_NODE_MODULES: "prune" });
    expect(built.exitCode, built.log).toBe(0);
    expect(built.log).toContain(
      "`node_modules` is a link to `/layers/test_node/modules/node_modules`",
    );
    expect(built.log).not.toContain("Running `yarn install --production");
    await expectServesBundle();
  });
});

describe("a Rails app with yarn, without a Node buildpack", () => {
  test("fails before anything is downloaded, and names the buildpacks that it lacks", async () => {
    const before = server.requests.length;
    const failed = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
    expect(failed.exitCode).not.toBe(0);
    expect(failed.log).toContain("The app's assets need Node, which this build does not have");
    expect(failed.log).toContain("--buildpack heroku/nodejs");
    expect(failed.log).toContain("--buildpack paketo-buildpacks/node-engine");
    expect(server.requests.slice(before)).toEqual([]);
  });

  test("builds where it brings its bundle", async ({ skip }) => {
    skip(!fullRing, onlyInFullRing);
    await writeFile(join(app.dir, "app/assets/builds/application.js"), "console.log('facets')");
    const env = { BP_INVENTORY: server.inventory, SKIP_JS_BUILD: "1" };
    expect(await build({ app, world, env })).toMatchObject({ exitCode: 0 });
    await using served = await serve({ app, world });
    const { body } = (await served.get(bundleIn((await served.get("/")).v4.body))).v4;
    expect(body).toContain("facets");
    await rm(join(app.dir, "app/assets/builds/application.js"));
  });
});

async function buildWith(
  modules: ModulesPlace,
  env: Record<string, string> = {},
  prefix: readonly string[] = [],
): Promise<BuildResult> {
  return await build({
    app,
    world,
    env: { BP_INVENTORY: server.inventory, ...env },
    args: ["--buildpack", buildpacks[modules], "--buildpack", own],
    prefix,
  });
}

/** Requests what the page links, and resolves to the link. */
async function expectServesBundle(): Promise<string> {
  await using served = await serve({ app, world });
  const page = await served.get("/");
  expect(page.v4.status).toBe(200);
  const link = bundleIn(page.v4.body);
  const { v4, v6 } = await served.get(link);
  expect([v4.status, v6.status]).toEqual([200, 200]);
  // A runtime dependency and a file of the app's own are in the bundle.
  expect(v4.body).toContain("val is not a non-empty string or a valid number");
  expect(v4.body).toContain("turnAfter");
  return link;
}

function bundleIn(page: string): string {
  return /<script [^>]*src="([^"]+)"/.exec(page)?.[1] ?? "/no-script";
}

async function packages(): Promise<string[]> {
  const { log } = await runCommandIn({ app, world }, "sh", "-c", "ls node_modules || :");
  return log.match(/^[a-z@][\w-]*$/gm) ?? [];
}
