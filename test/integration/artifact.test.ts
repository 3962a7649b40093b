import { createHash } from "node:crypto";
import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureMirror, type Mirror } from "../../scripts/mirror/mirror.ts";
import { withWork } from "../../scripts/work.ts";
import { makeArtifact } from "../support/packages/artifact.ts";
import { build, makeApp, runCommandIn } from "../support/lapidary.ts";
import { serveMirror } from "../support/servers/mirror-server.ts";
import {
  ensureWorld,
  fullRing,
  onlyInFullRing,
  temporaryDirectory,
  type World,
} from "../support/world.ts";

const archive = "jemalloc-5.3.0-debian-12-amd64.tgz";

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let world: World;
let sources: Mirror;
let out: string;

beforeAll(async () => {
  world = await ensureWorld({ jemallocs: [] });
  sources = await withWork("jemalloc's source", async (work) => {
    return await ensureMirror(work, { jemallocs: ["5.3.0"], kinds: ["source"] });
  });
  place = await temporaryDirectory();
  out = join(place.path, "dist");
});

afterAll(async () => {
  await place?.[Symbol.asyncDispose]();
});

describe("lapidary artifact", () => {
  test("adds to an inventory what a build with the printed BP_INVENTORY then installs", async () => {
    // Ruby stands in the inventory already, as from an earlier run.
    await cp(world.mirror.directory, out, { recursive: true });
    const args = ["jemalloc", "5.3.0", "--root", world.buildRoot, "--out", out];
    const made = await makeArtifact({ args, inventory: sources.inventory });
    expect(made).toMatchObject({ exitCode: 0 });
    expect(made.log).toContain("`jemalloc 5.3.0` from its source, for linux/amd64, debian 12");
    const sha256 = await sha256Of(join(out, "inventory.toml"));
    expect(made.stdout).toBe(`BP_INVENTORY=file://${out}/inventory.toml#sha256=${sha256}\n`);
    expect((await readdir(out)).sort()).toEqual([
      "inventory.toml",
      archive,
      "ruby-3.3.8-debian-12-amd64.tgz",
    ]);

    const printed = made.stdout.trim().replace("BP_INVENTORY=", "");
    const server = await serveMirror({ ...world.mirror, directory: out, inventory: printed });
    try {
      const app = await makeApp(join(place.path, "story"), "rack");
      const built = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
      expect(built).toMatchObject({ exitCode: 0 });
      const vouched = await sha256Of(join(out, archive));
      expect(built.log).toContain(`SHA-256 \`${vouched}\`, as in the inventory`);
      expect(server.requests).toContain(`/${archive}`);
      const env = { JEMALLOC_ENABLED: "true", MALLOC_CONF: "stats_print:true" };
      const { log } = await runCommandIn({ app, world, env }, "ruby", "-e", "0");
      expect(log).toContain('Version: "5.3.0-');
    } finally {
      await server.close();
    }
  });

  test("makes the same bytes of the same source, wherever it puts them", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    const digests: string[] = [];
    for (const name of ["here", "somewhere-else"]) {
      const directory = join(place.path, name);
      const args = ["jemalloc", "5.3.0", "--root", world.buildRoot, "--out", directory];
      const { exitCode } = await makeArtifact({ args, inventory: sources.inventory });
      expect(exitCode).toBe(0);
      digests.push(await sha256Of(join(directory, archive)));
    }
    expect(digests[1]).toBe(digests[0]);
  });

  test("names every tool at once that a root file system lacks, and downloads nothing", async () => {
    const args = ["jemalloc", "5.3.0", "--root", world.runRoot, "--out", join(place.path, "none")];
    const { exitCode, log, stdout } = await makeArtifact({ args, inventory: sources.inventory });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(log).toContain("(compile/tools-missing)");
    expect(log).toContain("apt-get install -y build-essential bzip2 libc6-dev");
    expect(log).not.toContain("Downloading");
  });

  test("names the packages of the other architecture where a root cannot compile for it", async () => {
    const args = ["jemalloc", "5.3.0", "--arch", "arm64"];
    const where = ["--root", world.buildRoot, "--out", join(place.path, "none")];
    const { log } = await makeArtifact({
      args: [...args, ...where],
      inventory: sources.inventory,
    });
    expect(log).toContain("aarch64-linux-gnu-gcc (package gcc-aarch64-linux-gnu)");
    expect(log).toContain("dpkg --add-architecture arm64 && apt-get update");
  });

  test("lists the nearest versions where there is none such, and writes nothing", async () => {
    const nowhere = join(place.path, "nowhere");
    const { exitCode, log } = await makeArtifact({ args: ["ruby", "3.3.99", "--out", nowhere] });
    expect(exitCode).toBe(1);
    expect(log).toContain("(artifact/no-source)");
    expect(log).toMatch(/`3\.3\.\d+`/);
    expect(await readdir(nowhere)).toEqual([]);
  });

  test("that is stopped leaves nothing of its work", async () => {
    const stopped = join(place.path, "stopped");
    const args = ["jemalloc", "5.3.0", "--root", world.buildRoot, "--out", stopped];
    const stopAt = "Running `make";
    const { exitCode } = await makeArtifact({ args, inventory: sources.inventory, stopAt });
    expect(exitCode).toBe(130);
    expect(await readdir(stopped)).toEqual([]);
  });
});

async function sha256Of(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
