import { join } from "node:path";
import { cached, withLock } from "../../scripts/cache.ts";
import { hashFile } from "../../scripts/mirror/archive.ts";
import { ensureMirror, type Mirror } from "../../scripts/mirror/mirror.ts";
import { ensureRoot } from "../../scripts/debian/roots.ts";
import { type Work, withWork } from "../../scripts/work.ts";
import { makeArtifact } from "./packages/artifact.ts";
import type { World } from "./world.ts";

/** What a suite for arm64 runs, and builds with where it asks for a root to build in. */
export interface Arm64World extends Pick<World, "mirror" | "runRoot"> {
  ensureBuildRoot: () => Promise<string>;
}

/**
 * A mirror of Ruby 3.3.8 and jemalloc 5.3.1 that `lapidary artifact` has compiled for arm64, and root
 * file systems whose programs are emulated on a machine of another architecture. Made once and kept.
 *
 * @throws Unavailable where the machine cannot emulate, or cannot make root file systems.
 */
export async function ensureArm64World(): Promise<Arm64World> {
  return await withWork("What the tests for arm64 use", async (work) => ({
    runRoot: await ensureRoot(work, { suite: "bookworm", flavour: "run", arch: "arm64" }),
    mirror: await ensureArm64Mirror(work),
    ensureBuildRoot,
  }));
}

/** Its packages take many minutes under emulation. */
async function ensureBuildRoot(): Promise<string> {
  return await withWork("A root to build in for arm64", async (work) => {
    return await ensureRoot(work, { suite: "bookworm", flavour: "build", arch: "arm64" });
  });
}

async function ensureArm64Mirror(work: Work): Promise<Mirror> {
  const root = await ensureRoot(work, { suite: "bookworm", flavour: "cross" });
  const sources = await ensureMirror(work, { jemallocs: ["5.3.1"], kinds: ["source"] });
  // A Ruby for this machine is among them, since a Ruby for another takes one.
  const rubies = await ensureMirror(work, { rubies: ["3.3.8"] });
  const inputs = { root, inventories: [sources, rubies].map(checksumOf) };
  const directory = await cached(work, "mirror-arm64", inputs, async (out) => {
    const where = ["--arch", "arm64", "--root", root, "--out", out];
    await make(work, ["jemalloc", "5.3.1", ...where], sources);
    await make(work, ["ruby", "3.3.8", ...where], rubies);
  });
  const sha256 = await hashFile(join(directory, "inventory.toml"));
  const inventoryAt = (at: string) => `file://${at}/inventory.toml#sha256=${sha256}`;
  return { directory, inventory: inventoryAt(directory), inventoryAt, missing: [] };
}

function checksumOf({ inventory }: Mirror): string {
  return inventory.replace(/^.*#/, "");
}

async function make(work: Work, args: readonly string[], { inventory }: Mirror): Promise<void> {
  await work.section.timed(`Running \`lapidary artifact ${args.join(" ")}\``, async () => {
    await withLock(work, "compile", async () => {
      const { exitCode, log } = await makeArtifact({ args, inventory });
      if (exitCode !== 0) throw new Error(log);
    });
  });
}
