import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../../src/system/command.ts";
import { build, makeApp } from "../support/lapidary.ts";
import {
  type MirrorServer,
  type Misbehaviour,
  serveMirror,
} from "../support/servers/mirror-server.ts";
import { tarballGz, type TarEntry } from "../support/packages/tarball.ts";
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

const rubyArchive = /ruby-3\.3\.8.*\.(tgz|tar\.gz)$/;

describe("a download of Ruby that goes wrong", () => {
  const recovered: [name: string, answers: Misbehaviour[], told: RegExp][] = [
    [
      "is cut at half once",
      ["cut-at-half"],
      /The connection ended after \d+ of \d+ bytes; trying again/,
    ],
    ["brings other bytes once", ["other-bytes"], /Wrong checksum; trying again/],
    ["is answered 500 twice", ["500", "500"], /status 500; trying again/],
    ["stalls once", ["stall"], /Too little data came for 30 s; trying again/],
  ];

  test.each(recovered)("that %s is repeated, and the build goes on", async (_, answers, told) => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack");
    server.misbehave(rubyArchive, ...answers);
    const result = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
    expect(result.log).toMatch(told);
    expect(result).toMatchObject({ exitCode: 0 });
  });

  const fatal: [name: string, answer: Misbehaviour, code: string][] = [
    ["is cut at half every time", "cut-at-half", "download/truncated"],
    ["never brings the right bytes", "other-bytes", "download/checksum-mismatch"],
    ["is answered 404", "404", "download/not-found"],
    ["is answered 500 every time", "500", "download/refused"],
  ];

  test.each(fatal)("that %s fails the build and leaves nothing behind", async (_, answer, code) => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack");
    const before = server.requests.length;
    server.misbehave(rubyArchive, answer, answer, answer);
    const result = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
    server.behave();
    expect(result.exitCode).toBe(51);
    expect(result.log).toContain(code);
    const archives = server.requests.slice(before).filter((path) => rubyArchive.test(path));
    expect(archives).toHaveLength(answer === "404" ? 1 : 3);
    expect(await filesIn(app.state)).toEqual([]);
  });
});

describe("a hostile archive that its inventory vouches for", () => {
  const hostile: [name: string, entry: TarEntry][] = [
    ["climbs out by `..`", { path: "../../../../escaped", body: "x" }],
    ["has an absolute path", { path: "/workspace/escaped", body: "x" }],
    [
      "links out and writes through the link",
      { path: "lib/out", type: "SymbolicLink", linkpath: "../../../../../workspace" },
    ],
  ];

  test.each(hostile)("that %s is refused by name", async (_, entry) => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack");
    const through = entry.linkpath ? [{ path: `${entry.path}/escaped`, body: "x" }] : [];
    const bytes = tarballGz([{ path: "bin/ruby", body: "#!/bin/sh\n" }, entry, ...through]);
    const inventory = await writeInventory(place.path, bytes);
    await using bound = await serveDirectory(inventory);
    // The inventory has no jemalloc, and upstream is not to be asked.
    const env = { BP_INVENTORY: bound.inventory, BP_JEMALLOC: "false" };
    const result = await build({ app, world, env });
    expect(result.exitCode).toBe(51);
    expect(result.log).toContain("artifact/unpack-failed");
    expect(result.log).toContain(entry.path);
    expect(await filesIn(app.state)).toEqual([]);
  });
});

describe("a disk that is full", () => {
  test("is named, and the build leaves nothing behind", async (context) => {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack");
    await mkdir(app.state);
    const mounted = await system("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", app.state);
    if (mounted !== 0) context.skip("this machine does not let us mount a small file system");
    try {
      const result = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
      expect(result.exitCode).not.toBe(0);
      expect(result.log).toContain("system/disk-full");
      expect(await filesIn(app.state)).toEqual([]);
    } finally {
      await system("umount", app.state);
    }
  });
});

async function writeInventory(parent: string, archive: Buffer): Promise<string> {
  const directory = join(parent, "mirror");
  await mkdir(directory);
  await writeFile(join(directory, "ruby-3.3.8.tgz"), archive);
  const lines = [
    "[[artifacts]]",
    'name = "ruby"',
    'version = "3.3.8"',
    'kind = "prebuilt"',
    'url = "ruby-3.3.8.tgz"',
    `sha256 = "${createHash("sha256").update(archive).digest("hex")}"`,
    "",
  ];
  await writeFile(join(directory, "inventory.toml"), lines.join("\n"));
  return directory;
}

async function serveDirectory(directory: string) {
  const toml = await readFile(join(directory, "inventory.toml"));
  const checksum = createHash("sha256").update(toml).digest("hex");
  const inventory = `file://${directory}/inventory.toml#sha256=${checksum}`;
  const bound = await serveMirror({
    directory,
    inventory,
    inventoryAt: () => inventory,
    missing: [],
  });
  return { inventory: bound.inventory, [Symbol.asyncDispose]: () => bound.close() };
}

/** Every file below a state directory but the lock's; an empty list means that nothing was kept. */
async function filesIn(state: string): Promise<string[]> {
  const entries = await readdir(state, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .filter((name) => !name.startsWith("lock") && name !== ".lapidary-state");
}

async function system(file: string, ...args: string[]): Promise<number> {
  const env = { PATH: process.env["PATH"] ?? "" };
  return (await runCommand({ file, args, cwd: "/", env })).exitCode;
}
