import { readdir } from "node:fs/promises";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { parseRakeTasks, rakefileNames } from "../../ruby/rake-tasks.ts";
import type { Project } from "../project/read-project.ts";
import type { Rake } from "./rake.ts";

/** Why an app has no rake tasks to look for, or `undefined` where it may have some. */
export async function reasonForNoTasks(project: Project): Promise<string | undefined> {
  if (findGem(project.locked, "rake") === undefined) return "no rake is installed";
  const files = await readdir(project.dir);
  const hasRakefile = rakefileNames.some((name) => files.includes(name));
  return hasRakefile ? undefined : "there is no `Rakefile`";
}

/**
 * Asks the app which rake tasks it has (contract: Rake execution). The whole app is loaded for it,
 * so whatever an app prints and however it fails, it does so here first.
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
  throw new BuildpackError({ code: "rake/detection-failed", command, exitCode, output: lines });
}
