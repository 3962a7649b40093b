import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../src/system/command.ts";
import { build, makeApp, runCommandIn, serve } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";
import { ensureWorld, temporaryDirectory, type World } from "../support/world.ts";

const mark = "POISONED-RUBY-RAN";
// Whatever it is asked, it says that it ran, where somebody will find it, and fails.
const poison = `#!/bin/sh
for place in /layers /workspace /tmp; do touch "$place/${mark}" 2>/dev/null; done
echo ${mark} >&2
exit 66
`;
const names = ["ruby", "gem", "bundle", "bundler", "rake", "irb", "ruby3.1", "ruby3.3"];

let world: World;
let server: MirrorServer;

beforeAll(async () => {
  world = await ensureWorld();
  server = await serveMirror(world.mirror);
});

afterAll(async () => {
  await server?.close();
});

test("no Ruby but ours runs, at build or at launch, whatever comes first on PATH", async () => {
  await using place = await temporaryDirectory();
  await using buildRoot = await poisonedRoot(place.path, "build-root", world.buildRoot);
  await using runRoot = await poisonedRoot(place.path, "run-root", world.runRoot);
  const poisoned = { ...world, buildRoot: buildRoot.path, runRoot: runRoot.path };
  const app = await makeApp(place.path, "rack");
  const env = { BP_INVENTORY: server.inventory, PATH: "/opt/poison" };

  const built = await build({ app, world: poisoned, env });
  expect(built).toMatchObject({ exitCode: 0 });
  expect(built.log).not.toContain(mark);
  const again = await build({
    app,
    world: poisoned,
    env: { ...env, HEROKU_SKIP_BUNDLE_DIGEST: "1" },
  });
  expect(again).toMatchObject({ exitCode: 0 });
  expect(again.log).not.toContain(mark);
  const found = await glob(`**/${mark}`, { cwd: app.state, dot: true, followSymbolicLinks: false });
  expect(found).toEqual([]);

  await using served = await serve({ app, world: poisoned });
  expect((await served.get("/")).v4.body).toContain("ruby 3.3.8");
  expect(served.log()).not.toContain(mark);
});

test("the poison works: without our layers it is what runs", async () => {
  await using place = await temporaryDirectory();
  await using runRoot = await poisonedRoot(place.path, "run-root", world.runRoot);
  const app = await makeApp(place.path, "rack");
  const poisoned = { ...world, runRoot: runRoot.path };
  const env = { BP_INVENTORY: server.inventory };
  expect(await build({ app, world: poisoned, env })).toMatchObject({ exitCode: 0 });
  const direct = await runCommandIn({ app, world: poisoned }, "/usr/bin/ruby", "-v");
  expect(direct).toMatchObject({ exitCode: 66 });
  expect(direct.log).toContain(mark);
});

/** A writable view of a root file system with poison in `/usr/bin` and in `/opt/poison`. */
async function poisonedRoot(parent: string, name: string, root: string) {
  const at = (part: string) => join(parent, `${name}-${part}`);
  for (const part of ["upper", "work", "merged"]) await mkdir(at(part));
  const layers = `lowerdir=${root},upperdir=${at("upper")},workdir=${at("work")}`;
  await system("mount", "-t", "overlay", "overlay", "-o", layers, at("merged"));
  for (const directory of ["usr/bin", "opt/poison"]) {
    await mkdir(join(at("merged"), directory), { recursive: true });
    for (const command of names) {
      const path = join(at("merged"), directory, command);
      await writeFile(path, poison);
      await chmod(path, 0o755);
    }
  }
  return {
    path: at("merged"),
    [Symbol.asyncDispose]: async () => await system("umount", at("merged")),
  };
}

async function system(file: string, ...args: string[]): Promise<void> {
  const env = { PATH: process.env["PATH"] ?? "" };
  const { exitCode, stderr } = await runCommand({ file, args, cwd: "/", env });
  if (exitCode !== 0) throw new Error(`${file}: ${stderr}`);
}
