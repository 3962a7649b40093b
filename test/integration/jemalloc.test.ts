import { createHash } from "node:crypto";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureMirror, type Mirror } from "../../scripts/mirror/mirror.ts";
import { withWork } from "../../scripts/work.ts";
import { type App, build, makeApp, runCommandIn, serve } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";
import { descendants } from "../support/processes.ts";
import { ensureWorld, fullRing, temporaryDirectory, type World } from "../support/world.ts";

const tuned = "dirty_decay_ms:1000,narenas:2,background_thread:true";
const printAllocator = 'puts File.read("/proc/self/maps")[/libjemalloc/] || "glibc"';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let world: World;
let server: MirrorServer;
let app: App;

// Each build is made from what the one before left.
beforeAll(async () => {
  world = await ensureWorld({ jemallocs: ["5.3.0", "5.3.1"] });
  place = await temporaryDirectory();
  server = await serveMirror(world.mirror);
  app = await makeApp(place.path, "rack");
});

afterAll(async () => {
  await server?.close();
  await place?.[Symbol.asyncDispose]();
});

describe("a build with jemalloc", () => {
  test("installs the newest, for launch only, and has run Ruby with it", async () => {
    const first = await rebuild();
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.log).toContain("Installing `5.3.1` from the newest in BP_INVENTORY");
    expect(first.log).toContain("Ruby `3.3.8` works with jemalloc `5.3.1`\n");
    const layer = first.report?.layers.find(({ name }) => name === "jemalloc");
    expect(layer).toMatchObject({ fate: "created" });
    const { log } = await sh('cd "$(dirname "$(command -v jemalloc.sh)")/.." && find . -type f');
    expect(log.match(/^\.\/.*$/gm)?.sort()).toEqual([
      "./bin/jemalloc.sh",
      "./default-malloc-conf",
      "./exec.d/jemalloc",
      "./lib/libjemalloc.so.2",
    ]);
  });

  test("keeps it where nothing has changed, without any network", async () => {
    const again = await rebuild({}, ["unshare", "--net"]);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.log).toContain("Using `5.3.1` of the last build");
    expect(again.log).not.toContain("works with jemalloc");
    const layer = again.report?.layers.find(({ name }) => name === "jemalloc");
    expect(layer).toMatchObject({ fate: "reused" });
  });
});

describe("JEMALLOC_ENABLED when the app starts", () => {
  test.each([
    ["true", { JEMALLOC_ENABLED: "true" }, true],
    ["false", { JEMALLOC_ENABLED: "false" }, false],
    ["not set", {}, false],
  ])("%s: /proc/<pid>/maps of the app shows it exactly then", async (_, env, expected) => {
    await using served = await serve({ app, world, env });
    expect((await served.get("/")).v4.status).toBe(200);
    const maps = await mapsOfApp(served.pid);
    expect(maps).toContain("libruby");
    expect(maps.includes("/jemalloc/lib/libjemalloc.so")).toBe(expected);
  });

  test("has a default for MALLOC_CONF that any value replaces, an empty one too", async () => {
    const show = 'echo "conf: ${MALLOC_CONF-unset}."';
    const enabled = { JEMALLOC_ENABLED: "true" };
    expect((await sh(show, enabled)).log).toContain(`conf: ${tuned}.`);
    expect((await sh(show, { ...enabled, MALLOC_CONF: "narenas:4" })).log).toContain(
      "conf: narenas:4.",
    );
    expect((await sh(show, { ...enabled, MALLOC_CONF: "" })).log).toContain("conf: .");
    expect((await sh(show)).log).toContain("conf: unset.");
  });

  test("keeps what the user preloads, joined cleanly", async () => {
    const env = { JEMALLOC_ENABLED: "true", LD_PRELOAD: " libdl.so.2  libm.so.6 " };
    const { log } = await sh('echo "preload: $LD_PRELOAD."', env);
    expect(log).toMatch(
      /^preload: \/layers\/lapidary_ruby\/jemalloc\/lib\/libjemalloc\.so:libdl\.so\.2:libm\.so\.6\.$/m,
    );
    expect(log).not.toContain("ld.so");
  });
});

describe("jemalloc.sh", () => {
  test("runs one command with jemalloc, and becomes it", async () => {
    const ruby = ["ruby", "-e", printAllocator];
    const direct = await runCommandIn({ app, world }, ...ruby);
    expect(direct.log).toMatch(/^glibc$/m);
    const loaded = await runCommandIn({ app, world }, "jemalloc.sh", ...ruby);
    expect(loaded.log).toMatch(/^libjemalloc$/m);
    const failing = await runCommandIn({ app, world }, "jemalloc.sh", "ruby", "-e", "exit 7");
    expect(failing.exitCode).toBe(7);
  });
});

describe("JEMALLOC_VERSION", () => {
  test("does nothing when the app starts", async () => {
    const { log } = await sh("ruby -e 0", {
      JEMALLOC_ENABLED: "true",
      JEMALLOC_VERSION: "5.3.0",
      MALLOC_CONF: "stats_print:true",
    });
    expect(log).toContain('Version: "5.3.1-');
  });
});

describe("JEMALLOC_VERSION at build", () => {
  test("installs that version, and says why the layer was emptied", async () => {
    const other = await rebuild({ JEMALLOC_VERSION: "5.3.0" });
    expect(other).toMatchObject({ exitCode: 0 });
    expect(other.log).toContain(
      "Installing `5.3.0` from JEMALLOC_VERSION, because the jemalloc version changed from `5.3.1` to `5.3.0`; the jemalloc archive changed",
    );
    const { log } = await sh("ruby -e 0", {
      JEMALLOC_ENABLED: "true",
      MALLOC_CONF: "stats_print:true",
    });
    expect(log).toContain('Version: "5.3.0-');
  });

  test("fails with the archive and all versions where there is none such, and downloads nothing", async () => {
    const before = server.requests.length;
    const unknown = await rebuild({ JEMALLOC_VERSION: "9.9.9" });
    expect(unknown.exitCode).not.toBe(0);
    expect(unknown.log).toContain("jemalloc-9.9.9.tar.bz2");
    expect(unknown.log).toContain("`5.3.1`, `5.3.0`, `5.2.1`");
    expect(unknown.log).toContain("`3.6.0`");
    expect(unknown.log).toContain("jemalloc/version-unknown");
    expect(server.requests.slice(before)).toEqual([]);
  });
});

describe("a jemalloc that is not to be had", () => {
  test("is warned of, and the app is built and served without it", async () => {
    await using elsewhere = await temporaryDirectory();
    const other = await makeApp(elsewhere.path, "rack");
    server.misbehave(/jemalloc/, "other-bytes", "other-bytes", "other-bytes");
    const without = await build({ app: other, world, env: { BP_INVENTORY: server.inventory } });
    server.behave();
    expect(without).toMatchObject({ exitCode: 0 });
    expect(without.log).toContain("! The build continues without jemalloc");
    expect(without.report?.layers.map(({ name }) => name)).not.toContain("jemalloc");
    const env = { JEMALLOC_ENABLED: "true" };
    await using served = await serve({ app: other, world, env });
    expect((await served.get("/")).v4.status).toBe(200);
  });

  test("fails the build where a variable of jemalloc's shows that it is counted on", async () => {
    await using elsewhere = await temporaryDirectory();
    const other = await makeApp(elsewhere.path, "rack");
    server.misbehave(/jemalloc/, "404");
    const env = { BP_INVENTORY: server.inventory, JEMALLOC_ENABLED: "true" };
    const failed = await build({ app: other, world, env });
    server.behave();
    expect(failed.exitCode).not.toBe(0);
    expect(failed.log).toContain("download/not-found");
  });
});

test.runIf(fullRing)(
  "from source it is compiled while the gems install, and the log keeps its order",
  async () => {
    await using elsewhere = await temporaryDirectory();
    const mirror = await mirrorWithSource(join(elsewhere.path, "mirror"));
    await using bound = await serveMirror(mirror).then(disposable);
    const other = await makeApp(elsewhere.path, "rack");
    const env = { BP_INVENTORY: bound.inventory };
    const compiled = await build({ app: other, world, env });
    expect(compiled).toMatchObject({ exitCode: 0 });
    expect(compiled.log).toMatch(/Running `make -j\d+ build_lib_shared`/);
    expect(compiled.log).toContain("works with jemalloc");
    const titles = compiled.log.match(/^- (Ruby|jemalloc|Bundler|Gems)$/gm);
    expect(titles).toEqual(["- Ruby", "- jemalloc", "- Bundler", "- Gems"]);
    const enabled = { JEMALLOC_ENABLED: "true" };
    await using served = await serve({ app: other, world, env: enabled });
    expect(await mapsOfApp(served.pid)).toContain("/jemalloc/lib/libjemalloc.so");
  },
);

test("runs a process of a Procfile with jemalloc", async () => {
  const procfile = join(app.dir, "Procfile");
  await writeFile(procfile, `allocator: jemalloc.sh ruby -e '${printAllocator}'\n`);
  expect(await rebuild()).toMatchObject({ exitCode: 0 });
  const { log } = await runCommandIn({ app, world, args: ["--process", "allocator"] });
  expect(log).toMatch(/^libjemalloc$/m);
  await rm(procfile);
});

test("BP_JEMALLOC=false leaves nothing of it in the app", async () => {
  const off = await rebuild({ BP_JEMALLOC: "false" });
  expect(off).toMatchObject({ exitCode: 0 });
  expect(off.log).not.toMatch(/^- jemalloc$/m);
  const layer = off.report?.layers.find(({ name }) => name === "jemalloc");
  expect(layer).toMatchObject({ fate: "removed" });
  const { log } = await sh(`ruby -e '${printAllocator}'`, { JEMALLOC_ENABLED: "true" });
  expect(log).toMatch(/^glibc$/m);
});

async function rebuild(env: Record<string, string> = {}, prefix: readonly string[] = []) {
  return await build({ app, world, env: { BP_INVENTORY: server.inventory, ...env }, prefix });
}

/** The mirror's compiled Ruby, and jemalloc as source alone. */
async function mirrorWithSource(directory: string): Promise<Mirror> {
  const sources = await withWork("jemalloc's source", async (work) =>
    ensureMirror(work, { jemallocs: ["5.3.1"], kinds: ["source"] }),
  );
  await cp(sources.directory, directory, { recursive: true });
  const compiled = await ensureWorld({ jemallocs: [] });
  await cp(compiled.mirror.directory, directory, { recursive: true });
  const parts = [sources, compiled.mirror].map((mirror) =>
    readFile(join(mirror.directory, "inventory.toml"), "utf8"),
  );
  const text = (await Promise.all(parts)).join("\n");
  await writeFile(join(directory, "inventory.toml"), text);
  const sha256 = createHash("sha256").update(text).digest("hex");
  const inventory = `file://${directory}/inventory.toml#sha256=${sha256}`;
  return { directory, inventory, inventoryAt: () => inventory, missing: [] };
}

function disposable(bound: MirrorServer): MirrorServer & AsyncDisposable {
  return { ...bound, [Symbol.asyncDispose]: () => bound.close() };
}

async function sh(script: string, env: Record<string, string> = {}) {
  return await runCommandIn({ app, world, env }, "sh", "-c", script);
}

/** What is mapped into the Ruby that descends from a process, as this machine sees it. */
async function mapsOfApp(ancestor: number): Promise<string> {
  for (const pid of await descendants(ancestor)) {
    const maps = await readFile(`/proc/${pid}/maps`, "utf8").catch(() => "");
    if (maps.includes("libruby")) return maps;
  }
  return "";
}
