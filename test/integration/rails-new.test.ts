import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeNodeBuildpack } from "../support/buildpacks/node-buildpack.ts";
import { railsNew } from "../support/builds/rails-new.ts";
import { build, runCommandIn, serve } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";
import { startPostgreSql } from "../support/servers/postgresql.ts";
import {
  ensureWorld,
  fullRing,
  onlyInFullRing,
  temporaryDirectory,
  type World,
} from "../support/world.ts";

const own = fileURLToPath(new URL("../..", import.meta.url));

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let world: World;
let server: MirrorServer;

beforeAll(async () => {
  if (!fullRing) return;
  world = await ensureWorld();
  place = await temporaryDirectory();
  server = await serveMirror(world.mirror);
});

afterAll(async () => {
  await server?.close();
  await place?.[Symbol.asyncDispose]();
});

describe("an app that `rails new` has just generated builds and serves as it is", () => {
  test.for<[string, string[]]>([
    ["8.1.4", []],
    ["8.1.4", ["--css", "tailwind"]],
    ["8.1.4", ["--api"]],
    ["8.0.5", []],
  ])("Rails %s, %j", async ([rails, words], context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    await railsNew(place.path, world, { rails, words });
    const log = await expectServes({ SOLID_QUEUE_IN_PUMA: "true" });
    if (words.includes("tailwind")) expect(log).toContain("tailwindcss");
  });

  test("with esbuild, behind a Node buildpack", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    await railsNew(place.path, world, { rails: "8.1.4", words: ["--javascript", "esbuild"] });
    const node = await makeNodeBuildpack(place.path, "in the app");
    const log = await expectServes({}, ["--buildpack", node, "--buildpack", own]);
    expect(log).toContain("esbuild app/javascript/*.*");
  });

  test("with PostgreSQL", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    await railsNew(place.path, world, { rails: "8.1.4", words: ["--database", "postgresql"] });
    await using database = await startPostgreSql();
    const urlOf = (name: string) => database.url.replace(/\w+$/, name);
    const log = await expectServes({
      DATABASE_URL: urlOf("app"),
      CACHE_DATABASE_URL: urlOf("app_cache"),
      QUEUE_DATABASE_URL: urlOf("app_queue"),
      CABLE_DATABASE_URL: urlOf("app_cable"),
    });
    expect(log).toContain(
      "also set `CACHE_DATABASE_URL`, `QUEUE_DATABASE_URL`, `CABLE_DATABASE_URL`",
    );
  });
});

/** Builds the app, prepares its database, and asks for the page by which platforms check its health. */
async function expectServes(
  env: Record<string, string>,
  buildpacks: readonly string[] = [],
): Promise<string> {
  const at = (name: string) => join(place.path, name);
  const app = { dir: at("generated/app"), state: at("state"), report: at("report.json") };
  const args = ["--gem-store", at("store"), "--clear-cache", ...buildpacks];
  const built = await build({ app, world, env: { BP_INVENTORY: server.inventory }, args });
  expect(built.exitCode, built.log).toBe(0);
  const prepared = await runCommandIn({ app, world, env }, "bin/rails", "db:prepare");
  expect(prepared.exitCode, prepared.log).toBe(0);
  await using served = await serve({ app, world, env });
  const { v4, v6 } = await served.get("/up");
  expect([v4.status, v6.status], served.log()).toEqual([200, 200]);
  return built.log;
}
