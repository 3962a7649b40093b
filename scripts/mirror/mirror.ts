import { link, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { readTarget, type Target } from "../../src/cnb/target.ts";
import { cached } from "../cache.ts";
import { hashFile } from "./archive.ts";
import { type MirroredRelease, prebuiltName, writeInventory } from "./inventory.ts";
import { mirrorJruby } from "./jruby.ts";
import { mirrorPrebuilt } from "./prebuilt.ts";
import { mirrorSource } from "./source.ts";
import { runScript } from "../run-script.ts";
import { Unavailable } from "../unavailable.ts";
import { withWork, type Work } from "../work.ts";

/** What a mirror contains, by upstream version. */
export interface MirrorRequest {
  rubies?: readonly string[];
  jrubies?: readonly string[];
  jemallocs?: readonly string[];
  /** With `source` alone, nothing is compiled here: the build compiles. */
  kinds?: readonly ("source" | "prebuilt")[];
}

export interface Mirror {
  /** Contains `inventory.toml` and every archive that it lists. */
  directory: string;
  /** `BP_INVENTORY` for a build that sees the mirror at `directory`. */
  inventory: string;
  /** The same for a build that sees the mirror at another path. */
  inventoryAt: (directory: string) => string;
  /** Requested releases that are not available, and why. */
  missing: { name: string; version: string; why: string }[];
}

/**
 * A mirror of exactly the requested releases, made from Debian's source packages and from gems, unless it
 * exists already. The same request gives the same mirror, so that builds find nothing changed.
 */
export async function ensureMirror(work: Work, request: MirrorRequest): Promise<Mirror> {
  const target = await readTarget({});
  const missing: Mirror["missing"] = [];
  const releases: MirroredRelease[] = [];
  for (const { name, version } of namesAndVersions(request)) {
    try {
      releases.push(await mirrorRelease(work, name, version, request.kinds ?? bothKinds, target));
    } catch (error) {
      if (!(error instanceof Unavailable) || work.signal.aborted) throw error;
      missing.push({ name, version, why: error.message });
    }
  }
  return { ...(await place(work, releases, target)), missing };
}

const bothKinds = ["source", "prebuilt"] as const;

function namesAndVersions({ rubies = [], jrubies = [], jemallocs = [] }: MirrorRequest) {
  return [
    ...jrubies.map((version) => ({ name: "jruby" as const, version })),
    ...rubies.map((version) => ({ name: "ruby" as const, version })),
    ...jemallocs.map((version) => ({ name: "jemalloc" as const, version })),
  ];
}

async function mirrorRelease(
  work: Work,
  name: "ruby" | "jruby" | "jemalloc",
  version: string,
  kinds: readonly ("source" | "prebuilt")[],
  target: Target,
): Promise<MirroredRelease> {
  if (name === "jruby") return { name, version, published: await mirrorJruby(work, version) };
  const source = await mirrorSource(work, name, version);
  const release = kinds.includes("source") ? { name, version, source } : { name, version };
  if (!kinds.includes("prebuilt")) return release;
  return { ...release, prebuilt: await mirrorPrebuilt(work, { name, version, source, target }) };
}

async function place(
  work: Work,
  releases: readonly MirroredRelease[],
  target: Target,
): Promise<Omit<Mirror, "missing">> {
  const inventory = writeInventory(releases, target);
  const directory = await cached(work, "mirror", { inventory }, async (staged) => {
    for (const release of releases) {
      const { source, prebuilt, published } = release;
      if (published) await link(published.path, join(staged, basename(published.path)));
      if (source) await link(source.path, join(staged, basename(source.path)));
      if (prebuilt) await link(prebuilt.path, join(staged, prebuiltName(release, target)));
    }
    await writeFile(join(staged, "inventory.toml"), inventory);
  });
  const sha256 = await hashFile(join(directory, "inventory.toml"));
  const inventoryAt = (at: string) =>
    `${pathToFileURL(join(at, "inventory.toml")).href}#sha256=${sha256}`;
  return { directory, inventory: inventoryAt(directory), inventoryAt };
}

/** Reads `--only ruby@3.3.8`, which is repeatable. Without it: everything that the tests use. */
function requestOf(args: string[]): MirrorRequest {
  const { values } = parseArgs({ args, options: { only: { type: "string", multiple: true } } });
  const only = values.only?.map((each) => each.split("@"));
  const versionsOf = (name: string) =>
    only?.filter(([each]) => each === name).map(([, version = ""]) => version);
  return {
    rubies: versionsOf("ruby") ?? ["3.3.8", "3.1.2", "3.4.5"],
    jrubies: versionsOf("jruby") ?? ["9.4.15.0"],
    jemallocs: versionsOf("jemalloc") ?? ["5.3.0", "5.3.1"],
  };
}

async function main(): Promise<number> {
  const request = requestOf(process.argv.slice(2));
  const { inventory } = await withWork("Mirror", async (work) => {
    const mirror = await ensureMirror(work, request);
    for (const { name, version, why } of mirror.missing) {
      work.section.warn(`Not available: ${name} ${version}: ${why}`);
    }
    return mirror;
  });
  process.stdout.write(`BP_INVENTORY=${inventory}\n`);
  return 0;
}

if (import.meta.main) await runScript(main);
