import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { Printer } from "../output/printer.ts";
import { jobSummary } from "../report-page/job-summary.ts";
import type { WholeReport } from "./report-file.ts";

/**
 * Adds what a build did to the page of a GitHub Actions job: to the end of the file that `GITHUB_STEP_SUMMARY`
 * names. A link is not followed. A file that cannot be written is a warning, because the build is done.
 */
export async function addToJobSummary(
  path: string,
  report: WholeReport,
  printer: Printer,
): Promise<void> {
  try {
    await append(path, jobSummary(report));
  } catch (error) {
    const problem = (error as Error).message;
    printer.plain(`Warning: the job summary was not written to GITHUB_STEP_SUMMARY: ${problem}`);
  }
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

async function append(path: string, text: string): Promise<void> {
  // A pipe without a reader is an error then, and does not stop the build.
  const flags = O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_WRONLY;
  await using file = await open(path, flags, 0o644);
  if (!(await file.stat()).isFile()) throw new Error(`${path} is not a regular file`);
  await file.writeFile(text);
}
