import { dirname } from "node:path";
import { lstatIfAny, makeDirectories, writeAtomically } from "../system/files.ts";
import { writingTo } from "../system/user-places.ts";
import type { BuildReport } from "../platform/report/build-report.ts";
import type { ExportedImage } from "../platform/export/export-image.ts";
import { buildPage } from "../report-page/build-page.ts";
import { usageError } from "../failure.ts";

/** What `--report` writes: the build, and the image if one was exported. */
export interface WholeReport extends BuildReport {
  /** The name of the app's directory. */
  app: string;
  /** When it was built: `YYYY-MM-DD` in UTC. */
  date: string;
  image?: ExportedImage;
}

/**
 * Checks that the file of an option such as `--report FILE` can be written: it does not exist, or is a regular file,
 * which will be replaced. Makes its parent directories. Called before the build, so that no build is wasted.
 *
 * @throws BuildpackError `platform/usage` for a directory, device, pipe or symbolic link;
 * `system/not-writable`, `system/disk-full` if its directory cannot be made.
 */
export async function checkReportFile(path: string, option = "--report"): Promise<void> {
  const entry = await lstatIfAny(path);
  if (entry && !entry.isFile()) {
    const problem = `\`${option} ${path}\` would replace something that is not a regular file`;
    throw usageError(problem);
  }
  await writingTo(path, async () => await makeDirectories(dirname(path)));
}

/**
 * Writes a report next to FILE and renames it, so that FILE is always a complete report: a page if its name
 * ends with `.html`, else JSON.
 */
export async function writeReport(path: string, report: WholeReport, mode: number): Promise<void> {
  await writeReportText(path, isPage(path) ? buildPage(report) : asJson(report), mode);
}

/** Writes the text of a report, for a file that `option` names, in the same way. */
export async function writeReportText(
  path: string,
  text: string,
  mode: number,
  option = "--report",
): Promise<void> {
  await checkReportFile(path, option);
  await writingTo(path, async () => await writeAtomically(path, text, mode));
}

function isPage(path: string): boolean {
  return /\.html?$/i.test(path);
}

/** A report as a JSON document. */
export function asJson(report: object): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
