import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BuildpackError, usageError } from "../../failure.ts";
import { lstatIfAny, makeDirectories } from "../../system/files.ts";
import { writingTo } from "../../system/user-places.ts";
import type { BuildpackOutputs } from "../lifecycle/buildpack-outputs.ts";
import { collectSboms } from "../lifecycle/collect-sboms.ts";

/**
 * Makes sure that `--sbom-output-dir` is an empty directory, and makes it if it is missing. Called before
 * the build, so that no build is wasted.
 *
 * @throws BuildpackError `platform/usage` for anything else, links included; `system/not-writable`,
 * `system/disk-full` if it cannot be made.
 */
export async function checkSbomDirectory(path: string): Promise<void> {
  const entry = await lstatIfAny(path);
  if (entry && !entry.isDirectory()) throw unusable(path, "is not a directory");
  if (entry && (await readdir(path)).length > 0) throw unusable(path, "is not empty");
  await writingTo(path, async () => await makeDirectories(path));
}

/**
 * Writes the SBOMs of a build to `launch` and `build` in this directory, as `pack build
 * --sbom-output-dir` does.
 *
 * Spec: Platform Interface, builder, Outputs, `<layers>/sbom`.
 *
 * @throws BuildpackError as `checkSbomDirectory`.
 */
export async function writeSboms(
  path: string,
  outputs: readonly BuildpackOutputs[],
): Promise<void> {
  await checkSbomDirectory(path);
  const directories = { launch: join(path, "launch"), build: join(path, "build") };
  await writingTo(path, async () => {
    for (const directory of Object.values(directories)) await mkdir(directory);
    await collectSboms(directories, outputs);
  });
}

function unusable(path: string, reason: string): BuildpackError {
  const problem = `\`--sbom-output-dir ${path}\` ${reason}; it must be an empty directory, or missing`;
  return usageError(problem);
}
