import { randomInt } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, build, makeApp, serve } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";
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
  world = await ensureWorld();
  server = await serveMirror(world.mirror);
});

afterAll(async () => {
  await server?.close();
});

// What stands in the log when the build is killed, in the order of a build.
const points: [name: string, said: RegExp][] = [
  ["while it detects", /- Versions/],
  ["while Ruby downloads", /Downloading `[^`]*ruby-/],
  ["while Ruby is unpacked", /Unpacking/],
  ["when Ruby is installed", /Installed `/],
  ["when `bundle install` starts", /Running `bundle install`/],
  ["while an extension compiles", /Installing nio4r/],
  ["while `bundle clean` runs", /Running `bundle clean/],
  ["when the gems are complete", /Removed downloaded/],
  ["while the environment is written", /- Environment/],
  ["while the build is stored", /Done \(finished/],
];

describe("a build that is killed with -9", () => {
  test("leaves nothing from which a later build takes an incomplete layer", async () => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack");
    for (const [name, said] of points) {
      await buildKilledAt(app, (log) => said.test(log), name);
    }
    await expectWholeBuild(app);
  });

  test("leaves the previous build in use, whole", async () => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack");
    const env = { BP_INVENTORY: server.inventory, MARK: markOf(app) };
    expect(await build({ app, world, env })).toMatchObject({ exitCode: 0 });
    await buildKilledAt(app, (log) => /Running `bundle clean/.test(log), "on kept gems", {
      HEROKU_SKIP_BUNDLE_DIGEST: "1",
    });
    await using served = await serve({ app, world });
    expect((await served.get("/")).v4.status).toBe(200);
    const again = await build({ app, world, env });
    expect(again.log).toContain("Using the gems of the last build: nothing has changed");
  });

  test("survives twenty kills at random moments", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    const seed = Number(process.env["LAPIDARY_SEED"] ?? randomInt(2 ** 31));
    process.stdout.write(`random kills: seed ${seed}\n`);
    const random = generator(seed);
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack");
    for (let kill = 0; kill < 20; kill++) {
      const milliseconds = Math.floor(random() * 18_000);
      const started = performance.now();
      await buildKilledAt(
        app,
        () => performance.now() - started >= milliseconds,
        `at ${milliseconds} ms`,
      );
    }
    await expectWholeBuild(app);
  });
});

async function buildKilledAt(
  app: App,
  isTime: (log: string) => boolean,
  name: string,
  env: Record<string, string> = {},
): Promise<void> {
  let killed = false;
  const result = await build({
    app,
    world,
    env: { BP_INVENTORY: server.inventory, MARK: markOf(app), ...env },
    whileRunning: (log, child) => {
      if (killed || !isTime(log)) return;
      killed = child.kill("SIGKILL");
    },
  });
  // A random moment may lie after the build's end; a named point may not.
  if (!name.startsWith("at ")) expect([name, killed, result.exitCode]).toEqual([name, true, 128]);
  expect(await processesOfBuild(app)).toEqual([]);
}

async function expectWholeBuild(app: App): Promise<void> {
  const whole = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
  expect(whole).toMatchObject({ exitCode: 0 });
  await using served = await serve({ app, world });
  const { v4, v6 } = await served.get("/");
  expect([v4.status, v6.status]).toEqual([200, 200]);
}

/** Commands that still run in the environment of this app's builds; children must die with the platform. */
async function processesOfBuild(app: App): Promise<string[]> {
  for (let tries = 0; tries < 50; tries++) {
    const left = await commandsMarked(markOf(app));
    if (left.length === 0) return [];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return await commandsMarked(markOf(app));
}

/** A variable of the user's that every command of a build inherits, and no other build has. */
function markOf(app: App): string {
  return `build-of-${app.dir.replaceAll("/", "-")}`;
}

async function commandsMarked(mark: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      if (!environment.split("\0").includes(`MARK=${mark}`)) return [];
      return [await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")];
    }),
  );
  return commands.flat().map((line) => line.replaceAll("\0", " "));
}

/** A small generator of numbers in [0, 1) that a seed repeats (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
