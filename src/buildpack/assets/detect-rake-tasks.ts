import { readdir } from "node:fs/promises";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { finalErrors } from "../../ruby/final-errors.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { parseRakeTasks, rakefileNames } from "../../ruby/rake-tasks.ts";
import type { Project } from "../project/project.ts";
import type { Rake } from "./rake.ts";

/** Why an app has no rake tasks, or `undefined` if it may have some. */
export async function reasonForNoTasks(project: Project): Promise<string | undefined> {
  if (findGem(project.locked, "rake") === undefined) return "rake is not installed";
  const files = await readdir(project.dir);
  const hasRakefile = rakefileNames.some((name) => files.includes(name));
  return hasRakefile ? undefined : "there is no `Rakefile`";
}

/**
 * Asks rake which tasks the app has (contract: Rake execution). This loads the whole app, so an app that
 * cannot start fails here.
 *
 * @throws BuildpackError `rake/detection-failed`, after the app's own output.
 */
export async function detectRakeTasks(rake: Rake, section: Section): Promise<ReadonlySet<string>> {
  const command = "bundle exec rake -P --trace";
  const { exitCode, stdout, lines } = await section.timed(`Running \`${command}\``, () =>
    rake.run(["-P", "--trace"]),
  );
  if (exitCode === 0) return parseRakeTasks(stdout);
  for (const line of lines) section.output(line);
  const errors = finalErrors(lines);
  throw new BuildpackError({ code: "rake/detection-failed", command, exitCode, errors });
}
