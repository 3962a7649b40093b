import { dirname } from "node:path";
import { BuildpackError } from "../failure.ts";
import { lstatIfAny, writeAtomically } from "../system/files.ts";
import { makeDirectories, writingTo } from "../system/user-places.ts";
import type { BuildReport } from "../platform/lifecycle/build-report.ts";

/**
 * Checks that `--report FILE` can be written: it does not exist, or is a regular file, which will be
 * replaced. Makes its parent directories. Called before the build, so that no build is wasted.
 *
 * @throws BuildpackError `platform/usage` for a directory, device, pipe or symbolic link;
 * `system/not-writable`, `system/disk-full` if its directory cannot be made.
 */
export async function checkReportFile(path: string): Promise<void> {
  const entry = await lstatIfAny(path);
  if (entry && !entry.isFile()) {
    const problem = `\`--report ${path}\` would replace something that is not a regular file`;
    throw new BuildpackError({ code: "platform/usage", problem });
  }
  await writingTo(path, async () => await makeDirectories(dirname(path)));
}

/** Writes a report next to FILE and renames it, so that FILE is always a complete report. */
export async function writeReport(path: string, report: BuildReport, mode: number): Promise<void> {
  await checkReportFile(path);
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  await writingTo(path, async () => await writeAtomically(path, text, mode));
}
