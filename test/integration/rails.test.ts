import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type App,
  build,
  type BuildResult,
  makeApp,
  runCommandIn,
  serve,
} from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";
import { cycloneDxProblems, spdxProblems } from "../support/builds/sbom-schemas.ts";
import { addToTree } from "../support/tree.ts";
import { ensureWorld, temporaryDirectory, type World } from "../support/world.ts";

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let world: World;
let server: MirrorServer;
let app: App;
let first: BuildResult;

beforeAll(async () => {
  world = await ensureWorld();
  place = await temporaryDirectory();
  server = await serveMirror(world.mirror);
  app = await makeApp(place.path, "rails");
  await addPathGem();
  first = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
});

afterAll(async () => {
  await server?.close();
  await place?.[Symbol.asyncDispose]();
});

describe("a Rails app", () => {
  test("builds", () => {
    expect(first).toMatchObject({ exitCode: 0 });
    const layers = first.report?.layers.map(({ name, fate }) => `${name} ${fate}`).sort();
    expect(layers).toEqual([
      "assets created",
      "bootsnap created",
      "bootsnap-files created",
      "gems created",
      "gems-environment created",
      "gems-files created",
      "inventory created",
      "jemalloc created",
      "ruby created",
      "secret-key-base created",
      "variables created",
    ]);
  });

  test("serves a page out of its database over IPv4 and IPv6, by a user that did not build", async () => {
    const prepared = await runCommandIn({ app, world }, "bin/rails", "db:prepare");
    expect(prepared).toMatchObject({ exitCode: 0 });
    await using served = await serve({ app, world });
    const { v4, v6 } = await served.get("/");
    expect([v4.status, v6.status]).toEqual([200, 200]);
    // Seeded rows that the controller reads from the database.
    expect(v4.body).toContain("Amethyst");
    expect(v6.body).toContain("Amethyst");
  });

  test("has a console, rake and a worker as processes, to which arguments append", async () => {
    const run = async (type: string, ...args: string[]) =>
      await runCommandIn({ app, world, args: ["--process", type] }, ...args);
    expect(await run("rake", "-T", "assets:clobber")).toMatchObject({
      exitCode: 0,
      log: expect.stringContaining("rake assets:clobber"),
    });
    expect(await run("console", "--help")).toMatchObject({
      exitCode: 0,
      log: expect.stringContaining("bin/rails console"),
    });
    expect(await run("worker", "help", "start")).toMatchObject({
      exitCode: 0,
      log: expect.stringContaining("jobs start"),
    });
  });

  test("has a valid bill of materials of each layer, in both formats", async () => {
    for (const layer of ["gems", "jemalloc", "ruby"]) {
      const { cyclonedx, spdx } = await billsOf(layer);
      expect(cycloneDxProblems(JSON.parse(cyclonedx))).toEqual([]);
      expect(spdxProblems(JSON.parse(spdx))).toEqual([]);
    }
    const { cyclonedx: ruby } = await billsOf("ruby");
    expect(ruby).toContain('"purl": "pkg:generic/ruby@3.3.8"');
    expect(ruby).toContain('"purl": "pkg:gem/bundler@2.5.22"');
    const { cyclonedx: gems, spdx } = await billsOf("gems");
    for (const bill of [gems, spdx]) expect(bill).toMatch(/"pkg:gem\/thruster@/);
    expect(gems).toMatch(/"pkg:gem\/nokogiri@[0-9.]+\?platform=x86_64-linux-gnu"/);
  });

  test("takes another value for each default when it starts", async () => {
    const given = {
      BUNDLE_WITHOUT: "development",
      DISABLE_SPRING: "0",
      JRUBY_OPTS: "-J-Xmx1g",
      LANG: "C",
      MALLOC_ARENA_MAX: "4",
      PUMA_PERSISTENT_TIMEOUT: "20",
      RACK_ENV: "staging",
      RAILS_ENV: "staging",
      RAILS_LOG_TO_STDOUT: "no",
      RAILS_SERVE_STATIC_FILES: "no",
      SECRET_KEY_BASE: "mine",
    };
    const byDefault = await variablesOf({});
    const own = await variablesOf(given);
    for (const [name, value] of Object.entries(given)) {
      expect(own).toContain(`${name}=${value}`);
      expect(byDefault.join("\n")).toMatch(new RegExp(`^${name}=.+$`, "m"));
    }
    expect(byDefault).not.toEqual(expect.arrayContaining([expect.stringContaining("staging")]));
  });

  test("finds executables of the app before those of gems, and those before Ruby's", async () => {
    const { log } = await runCommandIn({ app, world }, "which", "-a", "rake");
    // Platforms put the directories of layers on PATH as well, behind ours.
    expect([...new Set(log.match(/^\/.*\/rake$/gm))]).toEqual([
      "/workspace/bin/rake",
      "/layers/lapidary_ruby/gems/bin/rake",
      "/layers/lapidary_ruby/ruby/bin/rake",
    ]);
  });

  test("keeps every layer of an unchanged build, without any network", async () => {
    const before = server.requests.length;
    const bills = await billsOf("gems");
    const again = await build({
      app,
      world,
      env: { BP_INVENTORY: server.inventory },
      prefix: ["unshare", "--net"],
    });
    expect(again).toMatchObject({ exitCode: 0 });
    expect(server.requests.slice(before)).toEqual([]);
    expect(again.log).not.toMatch(/Running `bundle (install|clean)|Downloading/);
    expect(again.log).toContain("Using `3.3.8` of the last build");
    expect(again.log).toContain("Using `5.3.1` of the last build");
    expect(again.log).toContain("Using the gems of the last build: nothing has changed");
    expect(again.log).toContain("Using the gems' compiled code of the last build");
    expect(again.log).toContain("Kept the default `SECRET_KEY_BASE` of the previous image");
    const fates = new Set(
      again.report?.layers.filter(({ name }) => name !== "variables").map(({ fate }) => fate),
    );
    expect([...fates]).toEqual(["reused"]);
    expect(await billsOf("gems")).toEqual(bills);
  });

  test("finds all code compiled when it starts, by bootsnap's own count, from files with an image's times", async () => {
    const { exitCode, log } = await runCommandIn({ app, world }, "ruby", "-e", countEvents);
    expect({ exitCode, log }).toMatchObject({ exitCode: 0 });
    const [app1980, events] = JSON.parse(log.trim().split("\n").at(-1) ?? "");
    expect(app1980).toBe(315532801);
    expect(Object.keys(events).sort()).toEqual([
      "/layers/lapidary_ruby/gems hit",
      "/layers/lapidary_ruby/ruby hit",
      "/workspace hit",
    ]);
    // The path gem, which is in the app, counts as the app's.
    expect(events["/workspace hit"]).toBeGreaterThan(10);
    expect(events["/layers/lapidary_ruby/gems hit"]).toBeGreaterThan(1000);
  });

  test("compiles its code anew where a path gem changed but its size did not, and keeps that of gems", async () => {
    await edit("engines/stones/lib/stones.rb", (text) => text.replace("ruby", "opal"));
    const changed = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
    expect(changed).toMatchObject({ exitCode: 0 });
    const layer = changed.report?.layers.find(({ name }) => name === "bootsnap");
    expect(layer).toMatchObject({ fate: "reused" });
    const { log } = await runCommandIn({ app, world }, "bin/rails", "runner", "puts Stones::FIRST");
    expect(log).toMatch(/^opal$/m);
  });

  test("runs `bundle install` on kept gems when a gem is removed, and names the files that changed", async () => {
    await edit("Gemfile", (text) => text.replace(/^gem "thruster".*\n/m, ""));
    await edit("Gemfile.lock", (text) => text.replace(/^ +thruster\b.*\n/gm, ""));
    const env = { BP_INVENTORY: server.inventory, BP_RAILS_BOOTSNAP: "false" };
    const changed = await build({ app, world, env });
    expect(changed).toMatchObject({ exitCode: 0 });
    expect(changed.log).toContain("Not compiled, because `BP_RAILS_BOOTSNAP` is `false`");
    const bootsnap = changed.report?.layers.find(({ name }) => name === "bootsnap");
    expect(bootsnap).toMatchObject({ fate: "removed" });
    expect(changed.log).toMatch(
      /Updating, because `Gemfile` changed; `Gemfile.lock` changed; the build.s environment changed\n/,
    );
    expect(changed.log).toContain("Removing thruster");
    expect((await billsOf("gems")).cyclonedx).not.toContain("thruster");
    expect(changed.log).toContain("Using `3.3.8` of the last build");
    await using served = await serve({ app, world });
    expect((await served.get("/up")).v4.status).toBe(200);
  });
});

/** The bills of materials that an exporter puts into the image. */
async function billsOf(layer: string): Promise<{ cyclonedx: string; spdx: string }> {
  const directory = join(app.state, "current/image/layers/sbom/launch/lapidary_ruby", layer);
  const read = async (extension: string) =>
    await readFile(join(directory, `sbom.${extension}.json`), "utf8");
  return { cyclonedx: await read("cdx"), spdx: await read("spdx") };
}

/** A gem in the app's own directory, with code that is loaded when the app starts. */
async function addPathGem(): Promise<void> {
  const gemspec = `Gem::Specification.new { |s| s.name = "stones"; s.version = "1.0"; s.summary = s.author = "x"; s.files = [] }`;
  await addToTree(app.dir, {
    "engines/stones/stones.gemspec": `${gemspec}\n`,
    "engines/stones/lib/stones.rb": 'module Stones\n  FIRST = "ruby"\nend\n',
  });
  await edit("Gemfile", (text) => `${text}\ngem "stones", path: "engines/stones"\n`);
  const section = "PATH\n  remote: engines/stones\n  specs:\n    stones (1.0)\n\n";
  await edit("Gemfile.lock", (text) =>
    `${section}${text}`.replace("\n  thruster", "\n  stones!\n  thruster"),
  );
}

/** Boots the app, and prints what bootsnap did for the files of each tree. */
const countEvents = `
require "/workspace/config/boot"
require "json"
events = Hash.new(0)
Bootsnap.instrumentation = lambda do |event, path|
  tree = path[%r{\\A(/workspace|/layers/[^/]+/[^/]+)/}, 1]
  events["#{tree || path} #{event}"] += 1
end
require "/workspace/config/environment"
puts JSON.generate([File.mtime("/workspace/config/boot.rb").to_i, events])
`;

/** The environment of the built app. */
async function variablesOf(env: Record<string, string>): Promise<string[]> {
  const { log } = await runCommandIn({ app, world, env }, "env");
  return log.split("\n");
}

async function edit(name: string, change: (text: string) => string): Promise<void> {
  const path = join(app.dir, name);
  await writeFile(path, change(await readFile(path, "utf8")));
}
