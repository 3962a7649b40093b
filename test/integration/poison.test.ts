import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writableRoot } from "../support/builds/writable-root.ts";
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

/** A view of a root file system with poison in `/usr/bin` and in `/opt/poison`. */
async function poisonedRoot(parent: string, name: string, root: string) {
  const view = await writableRoot(parent, name, root);
  for (const directory of ["usr/bin", "opt/poison"]) {
    await mkdir(join(view.path, directory), { recursive: true });
    for (const command of names) {
      const path = join(view.path, directory, command);
      await writeFile(path, poison);
      await chmod(path, 0o755);
    }
  }
  return view;
}
