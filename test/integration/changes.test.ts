import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, build, type BuildResult, makeApp, serve } from "../support/lapidary.ts";
import { ensureWorld, temporaryDirectory, type World } from "../support/world.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let bookworm: World;
let trixie: World;
let server: MirrorServer;
let app: App;

// Each change is made to the app as the one before left it.
beforeAll(async () => {
  bookworm = await ensureWorld({ rubies: ["3.3.8", "3.1.2"] });
  trixie = await ensureWorld({ rubies: ["3.3.8", "3.1.2"], suite: "trixie" });
  place = await temporaryDirectory();
  server = await serveMirror(bookworm.mirror);
  app = await makeApp(place.path, "two-rubies");
  expect(await rebuild()).toMatchObject({ exitCode: 0 });
});

afterAll(async () => {
  await server?.close();
  await place?.[Symbol.asyncDispose]();
});

describe("what empties a layer, and what only runs `bundle install` again", () => {
  test("an environment variable of the user runs `bundle install` on the gems that are there", async () => {
    const result = await rebuild({ env: { FEATURE: "on" } });
    expect(section(result.log, "Gems")).toMatch(
      /Updating, because the build's environment changed\n/,
    );
    expect(section(result.log, "Ruby")).toContain("Using `3.3.8` of the last build");
    await expectServes(bookworm);
  });

  test("HEROKU_SKIP_BUNDLE_DIGEST=1 runs `bundle install` where nothing has changed", async () => {
    const env = { HEROKU_SKIP_BUNDLE_DIGEST: "1" };
    await rebuild({ env });
    const result = await rebuild({ env });
    expect(section(result.log, "Gems")).toContain(
      "Updating, because `HEROKU_SKIP_BUNDLE_DIGEST` is set",
    );
    expect(section(result.log, "Ruby")).toContain("Using `3.3.8` of the last build");
    await expectServes(bookworm);
  });

  test("another Ruby version empties Ruby, Bundler and gems", async () => {
    await rebuild();
    await writeFile(join(app.dir, ".ruby-version"), "3.1.2\n");
    const result = await rebuild();
    const reason = "because the Ruby version changed from `3.3.8` to `3.1.2`";
    expect(section(result.log, "Ruby")).toContain(
      `Installing, ${reason}; the Ruby archive changed`,
    );
    expect(section(result.log, "Gems")).toContain(
      `Installing, ${reason}; the Ruby archive changed`,
    );
    await expectServes(bookworm, "ruby 3.1.2");
  });

  test("a distribution that changed empties Ruby, Bundler and gems", async () => {
    const result = await rebuild({ world: trixie });
    const reason = "because the distribution changed from `debian 12` to `debian 13`";
    for (const title of ["Ruby", "Bundler", "Gems"]) {
      expect(section(result.log, title)).toContain(`Installing, ${reason}`);
    }
    await expectServes(trixie, "ruby 3.1.2");
  });

  test("layers that another architecture left are emptied", async () => {
    await pretendArchitecture("arm64");
    const result = await rebuild({ world: trixie });
    const reason = "because the CPU architecture changed from `arm64` to `amd64`";
    for (const title of ["Ruby", "Bundler", "Gems"]) {
      expect(section(result.log, title)).toContain(`Installing, ${reason}`);
    }
    await expectServes(trixie, "ruby 3.1.2");
  });

  test("a version that does not exist fails with the nearest that do", async () => {
    await rm(join(app.dir, ".ruby-version"));
    await writeFile(join(app.dir, ".tool-versions"), "ruby 3.1.99\n");
    const result = await rebuild({ world: trixie });
    expect(result.exitCode).not.toBe(0);
    expect(result.log).toContain(".tool-versions asks for ruby `3.1.99`");
    expect(result.log).toMatch(/The nearest versions that it has: .*`3\.1\.7`/);
    expect(result.log).toContain("artifact/version-unknown");
  });
});

async function rebuild({
  world = bookworm,
  env = {},
}: { world?: World; env?: Record<string, string> } = {}): Promise<BuildResult> {
  return await build({ app, world, env: { BP_INVENTORY: server.inventory, ...env } });
}

async function expectServes(world: World, ruby = "ruby 3.3.8"): Promise<void> {
  await using served = await serve({ app, world });
  const { v4, v6 } = await served.get("/");
  expect([v4.status, v6.status]).toEqual([200, 200]);
  expect(v4.body).toContain(ruby);
}

/** The lines of one section of a build's log. */
function section(log: string, title: string): string {
  const lines = log.split("\n");
  const start = lines.indexOf(`- ${title}`);
  const length = lines.slice(start + 1).findIndex((line) => !line.startsWith("  "));
  return `${lines.slice(start, start + 1 + length).join("\n")}\n`;
}

/** Rewrites what the last build recorded, as if it had run on another architecture. */
async function pretendArchitecture(arch: string): Promise<void> {
  const files = await glob("builds/*/{labels,cache}.json", { cwd: app.state, absolute: true });
  let rewritten = 0;
  for (const file of files) {
    const text = await readFile(file, "utf8");
    // A label holds JSON as text, with its quotes escaped.
    const other = text.replaceAll(/("arch\\?": ?\\?")amd64/g, `$1${arch}`);
    if (other === text) continue;
    await writeFile(file, other);
    rewritten++;
  }
  expect(rewritten).toBe(2);
}
