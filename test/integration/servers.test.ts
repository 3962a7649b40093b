import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, build, makeApp, runCommandIn, serve } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";
import { answerWithoutIpv6 } from "../support/servers/without-ipv6.ts";
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

async function built(parent: string, sample: string): Promise<{ app: App; log: string }> {
  const app = await makeApp(parent, sample);
  return { app, log: await rebuilt(app) };
}

async function rebuilt(app: App): Promise<string> {
  const result = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
  expect(result).toMatchObject({ exitCode: 0 });
  return result.log;
}

async function expectServes(app: App, args?: readonly string[]): Promise<string> {
  await using served = await serve({ app, world, ...(args ? { args } : {}) });
  const { v4, v6 } = await served.get("/stones");
  expect([v4.status, v6.status]).toEqual([200, 200]);
  expect(JSON.parse(v6.body)).toMatchObject({ path: "/stones", rack_env: "production" });
  return served.log();
}

describe("Application Contract: Process types", () => {
  test.each([
    ["puma", 'bundle exec rackup --port "${PORT:-9292}" --host "::"'],
    ["falcon", 'bundle exec rackup --port "${PORT:-9292}" --host "::"'],
    ["webrick", 'bundle exec rackup --port "${PORT:-9292}" --host "*"'],
    ["unicorn", 'bundle exec unicorn --listen "[::]:${PORT:-9292}"'],
    ["thin", 'bundle exec thin start --address "::" --port "${PORT:-9292}"'],
    ["puma-without-rackup", 'bundle exec puma --bind "tcp://[::]:${PORT:-9292}"'],
  ])(
    "%s serves over IPv4 and IPv6, and where IPv6 is off, by a user that did not build",
    async (sample, command) => {
      await using place = await temporaryDirectory();
      const { app, log } = await built(place.path, `servers/${sample}`);
      expect(log).toContain(`: \`${command}\`\n`);
      await expectServes(app);
      // WEBrick makes whatever sockets it can.
      const sockets = sample === "webrick" ? "IPv6" : "IPv4";
      expect(await answerWithoutIpv6({ app, world })).toEqual({ status: "200", sockets });
    },
  );

  test("a Procfile says what runs, as on Heroku, and arguments append to its lines", async () => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "servers/puma");
    const lines = [
      "# The app's processes",
      'web: [[ -n $PORT ]] && echo by-procfile && bundle exec puma --bind "tcp://[::]:$PORT"',
      "release: echo released as $RACK_ENV",
      "worker: echo works",
      "nonsense",
      "",
    ];
    await writeFile(join(app.dir, "Procfile"), lines.join("\r\n"));
    const log = await rebuilt(app);
    expect(log).toContain("`release`, from Procfile: `echo released as $RACK_ENV`");
    expect(log).toContain("! Ignored line 5 of the Procfile");
    expect(log).not.toContain("bundle exec rackup");
    expect(await expectServes(app)).toContain("by-procfile");
    const run = async (type: string, ...args: string[]) =>
      await runCommandIn({ app, world, args: ["--process", type] }, ...args);
    expect(await run("release")).toMatchObject({ log: expect.stringContaining("as production\n") });
    expect(await run("worker", "a b", "*")).toMatchObject({
      log: expect.stringContaining("works a b *\n"),
    });

    // The default is back as soon as the Procfile is gone.
    await rm(join(app.dir, "Procfile"));
    expect(await rebuilt(app)).toContain("`web` (default), because the lockfile has rack");
    const defaultLog = await expectServes(app, ["--process", "web", "--", "--env", "production"]);
    expect(defaultLog).not.toContain("by-procfile");
  });

  test("a console and rake start where the app has them, with a user's arguments", async () => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack");
    await mkdir(join(app.dir, "bin"));
    await writeFile(join(app.dir, "bin/console"), "#!/usr/bin/env ruby\np RUBY_VERSION, *ARGV\n");
    await chmod(join(app.dir, "bin/console"), 0o755);
    await rebuilt(app);
    const request = { app, world, args: ["--process", "console"] };
    const opened = await runCommandIn(request, "a b");
    expect(opened).toMatchObject({ exitCode: 0, log: expect.stringContaining('"3.3.8"\n"a b"\n') });

    await rm(join(app.dir, "bin"), { recursive: true });
    await rebuilt(app);
    const irb = await runCommandIn(request, "--version");
    expect(irb).toMatchObject({ exitCode: 0, log: expect.stringMatching(/^irb \d/m) });
  });
});
