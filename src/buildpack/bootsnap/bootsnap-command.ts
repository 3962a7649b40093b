import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { setImageTimes } from "../../system/tree.ts";
import type { BuildContext } from "../build-context.ts";
import { buildEnvironment } from "../environment/environment.ts";
import type { Installed } from "../installed.ts";
import type { Project } from "../project/project.ts";

/** What code is compiled of. */
export interface Work {
  context: BuildContext;
  project: Project;
  installed: Installed;
  /** See {@link jobsOfBootsnap}. */
  jobs: readonly string[];
}

/** And the section of the log. */
export interface WorkInSection extends Work {
  section: Section;
}

/** Gives files the time that they have in an image. Resolves to the problem if it may not. */
export async function age(trees: readonly string[]): Promise<string | undefined> {
  try {
    for (const tree of trees) await setImageTimes(tree);
    return undefined;
  } catch (error) {
    const known = error instanceof BuildpackError && "problem" in error.failure;
    const problem = known ? error.failure.problem : (error as Error).message.trim();
    return `Could not set the times of files (${problem})`;
  }
}

/**
 * Runs `bootsnap precompile`, which compiles into the directory.
 *
 * @param shown what the log shows of the arguments.
 * @returns the problem if it failed.
 */
export async function runBootsnap(
  work: WorkInSection,
  directory: string,
  args: readonly string[],
  shown: string,
): Promise<string | undefined> {
  const { context, project, installed, section, jobs } = work;
  const command = `bundle exec bootsnap precompile ${shown}`;
  const { exitCode } = await section.timed(`Running \`${command}\``, () =>
    context.run({
      file: "bundle",
      args: ["exec", "bootsnap", "precompile", ...jobs, ...args],
      cwd: project.dir,
      env: buildEnvironment(context).bootsnap({ project, installed }, directory),
      onLine: (line) => section.output(line),
    }),
  );
  return exitCode === 0 ? undefined : `\`${command}\` ended with exit code ${exitCode}`;
}

/** Warns that containers compile the code themselves. */
export function warnOfAbsence(problem: string, section: Section): void {
  section.warn(
    `${problem}.`,
    "The build continues. The app will compile its code whenever a container starts.",
    "Set BP_RAILS_BOOTSNAP=false to build without this step and without this warning.",
  );
}
