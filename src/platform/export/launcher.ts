import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../../failure.ts";
import { directoryEntry, fileEntry } from "../../oci/tar.ts";
import type { TarEntry } from "../../oci/tar-header.ts";
import { unpackArchive } from "../../oci/unpack-archive.ts";
import { bytesOfText } from "../../system/environment/byte-text.ts";
import { isElf } from "../../system/elf/elf.ts";
import { readTextIfAny, removeTree } from "../../system/files.ts";
import { parseToml } from "../../toml.ts";
import { readLaunchPlan } from "../launch/launch-plan.ts";
import { launchScript } from "../launch/launch-script.ts";
import { type LauncherSboms, readLauncherSboms } from "./launcher-sboms.ts";
import type { StoredBuild } from "../state/stored-build.ts";

/** The program that an image starts, and its version for the label. */
export interface Launcher {
  program: Buffer;
  version: string;
  sboms?: LauncherSboms;
}

/**
 * Reads the launcher of a lifecycle from the archive of a release, or from the program itself, which has
 * no known version.
 *
 * @throws BuildpackError `image/lifecycle-invalid`.
 */
export async function readLauncher(path: string): Promise<Launcher> {
  try {
    const bytes = await readFile(path);
    if (isElf(bytes)) return { program: bytes, version: "" };
    return await launcherInArchive(path);
  } catch (error) {
    const problem =
      error instanceof BuildpackError ? "it is not an archive" : (error as Error).message;
    throw new BuildpackError({ code: "image/lifecycle-invalid", path, problem });
  }
}

/** Our own launcher for this image, a script in POSIX sh. */
export async function makeLauncher(build: StoredBuild, version: string): Promise<Launcher> {
  const plan = await readLaunchPlan(build.layers, build.inside, build.platformApi);
  return { program: bytesOfText(await launchScript(plan)), version };
}

/** The entries of the layer with the launcher. They belong to root. */
export function launcherEntries({ program }: Launcher): TarEntry[] {
  return [
    directoryEntry("/cnb", root),
    directoryEntry("/cnb/lifecycle", root),
    fileEntry("/cnb/lifecycle/launcher", program, root, 0o755),
  ];
}

/**
 * The entries of the layer with process types. Each is a link to the launcher.
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

/** What lifecycles refuse, and what no file in the directory can be called. */
function refuseNoName(type: string): void {
  const isFileName = !["", ".", ".."].includes(type) && Buffer.byteLength(type) <= 255;
  if (isFileName && !/[/><:|&\\\p{Cc}]/u.test(type)) return;
  throw new BuildpackError({ code: "platform/process-type-invalid", type });
}

const root = { uid: 0, gid: 0 };

async function launcherInArchive(path: string): Promise<Launcher> {
  const directory = await mkdtemp(join(tmpdir(), "lapidary-lifecycle-"));
  try {
    await unpackArchive({ archive: path, destination: directory });
    const program = await readFile(join(directory, "lifecycle/launcher"));
    const toml = parseToml((await readTextIfAny(join(directory, "lifecycle.toml"))) ?? "");
    const { version = "" } = lifecycleToml.parse(toml).lifecycle ?? {};
    return { program, version, sboms: await readLauncherSboms(directory, "lifecycle") };
  } finally {
    await removeTree(directory);
  }
}

const lifecycleToml = z.object({ lifecycle: z.object({ version: z.string() }).optional() });
