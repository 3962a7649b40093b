import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../../failure.ts";
import { directoryEntry, fileEntry } from "../../oci/tar.ts";
import type { TarEntry } from "../../oci/tar-header.ts";
import { unpackArchive } from "../../oci/unpack-archive.ts";
import { isElf } from "../../system/elf.ts";
import { readTextIfAny, removeTree } from "../../system/files.ts";
import { parseToml } from "../../toml.ts";
import { readLaunchPlan } from "../launch/launch-plan.ts";
import { launchScript } from "../launch/launch-script.ts";
import { isAtLeast } from "../lifecycle/platform-api.ts";
import type { StoredBuild } from "../state/stored-build.ts";

/** What an image starts with, and what its label says of it. */
export interface Launcher {
  program: Buffer;
  version: string;
}

/**
 * A launcher of a lifecycle: out of the archive that lifecycles are released as, or the program alone,
 * whose version nobody states.
 *
 * @throws BuildpackError `image/lifecycle-invalid`.
 */
export async function readLauncher(path: string): Promise<Launcher> {
  try {
    const bytes = await readFile(path);
    if (isElf(bytes)) return { program: bytes, version: "" };
    return await launcherInArchive(path);
  } catch (error) {
    const problem = error instanceof BuildpackError ? "it is no archive" : (error as Error).message;
    throw new BuildpackError({ code: "image/lifecycle-invalid", path, problem });
  }
}

/** Our own launcher, in POSIX sh, for exactly this image. */
export async function makeLauncher(build: StoredBuild, version: string): Promise<Launcher> {
  const argsReplace = isAtLeast(build.platformApi, "0.10");
  const plan = await readLaunchPlan(build.layers, build.inside, argsReplace);
  return { program: Buffer.from(await launchScript(plan)), version };
}

/** The layer with the launcher, which belongs to root. */
export function launcherEntries({ program }: Launcher): TarEntry[] {
  return [
    directoryEntry("/cnb", root),
    directoryEntry("/cnb/lifecycle", root),
    fileEntry("/cnb/lifecycle/launcher", program, root, 0o755),
  ];
}

/**
 * The layer in which each type of process is a name for the launcher.
 *
 * @throws BuildpackError `platform/process-type-invalid`.
 */
export function processTypeEntries(types: readonly string[]): TarEntry[] {
  for (const type of types) refuseNoName(type);
  const target = Buffer.from("/cnb/lifecycle/launcher");
  return [
    directoryEntry("/cnb", root),
    directoryEntry("/cnb/process", root),
    ...types.map((type) => ({
      ...{ name: Buffer.from(`/cnb/process/${type}`), mode: 0o755, ...root },
      body: { kind: "link" as const, target },
    })),
  ];
}

/** What lifecycles refuse, and names that would lead out of the directory. */
function refuseNoName(type: string): void {
  if (!/[/><:|&\\]/.test(type) && !["", ".", ".."].includes(type)) return;
  throw new BuildpackError({ code: "platform/process-type-invalid", type });
}

const root = { uid: 0, gid: 0 };

async function launcherInArchive(path: string): Promise<Launcher> {
  const directory = await mkdtemp(join(tmpdir(), "lapidary-lifecycle-"));
  try {
    await unpackArchive({ archive: path, destination: directory });
    const program = await readFile(join(directory, "lifecycle/launcher"));
    const toml = parseToml((await readTextIfAny(join(directory, "lifecycle.toml"))) ?? "");
    return { program, version: lifecycleToml.parse(toml).lifecycle?.version ?? "" };
  } finally {
    await removeTree(directory);
  }
}

const lifecycleToml = z.object({ lifecycle: z.object({ version: z.string() }).optional() });
