import { dirname, join, resolve } from "node:path";
import { checkSbomDirectory } from "../platform/export/sbom-directory.ts";
import { refusePlaceInside } from "../platform/inputs/app-place.ts";
import {
  type ProjectDescriptor,
  readProjectDescriptor,
} from "../platform/inputs/project-descriptor.ts";
import { statIfAny } from "../system/files.ts";
import type { BuildFlags } from "./build-options.ts";
import { checkReportFile } from "./report-file.ts";
import { usageError } from "../failure.ts";

/** Where results go, besides the state directory and the image. */
export interface ResultPlaces {
  report: string | undefined;
  sboms: string | undefined;
}

/**
 * Checks the places that the command line names for results, before anything is built.
 *
 * @throws BuildpackError as `checkReportFile` and `checkSbomDirectory`; `platform/usage` if SBOMs would be
 * written into the app.
 */
export async function checkResultPlaces(
  app: string,
  flags: BuildFlags,
  cwd: string,
): Promise<ResultPlaces> {
  const [report, sboms] = [flags.report, flags.sbomOutputDir].map((path) =>
    path === undefined ? undefined : resolve(cwd, path),
  );
  if (report !== undefined) await checkReportFile(report);
  if (sboms !== undefined) {
    await refusePlaceInside(app, sboms, "The directory of SBOMs");
    await checkSbomDirectory(sboms);
  }
  return { report, sboms };
}

/**
 * Reads the app's project descriptor, or the one that `--descriptor` names. Paths in it are relative to
 * `directory`.
 *
 * @throws BuildpackError `platform/project-invalid`; `platform/usage` if the named file is missing.
 */
export async function readDescriptor(
  app: string,
  { descriptor, execEnv }: BuildFlags,
  cwd: string,
): Promise<{ project: ProjectDescriptor; directory: string }> {
  const path = descriptor === undefined ? join(app, "project.toml") : resolve(cwd, descriptor);
  if (descriptor !== undefined && !(await statIfAny(path))) {
    throw usageError(`\`--descriptor ${descriptor}\` does not exist`, "build");
  }
  return { project: await readProjectDescriptor(path, execEnv), directory: dirname(path) };
}
