import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { listNames } from "../../system/listing/list-directory.ts";
import { parseRakeTasks, rakefileNames } from "../../ruby/rake-tasks.ts";
import type { Project } from "../project/project.ts";
import { type Rake, rakeFailure } from "./rake.ts";

/** Why an app has no rake tasks, or `undefined` if it may have some. */
export async function reasonForNoTasks(project: Project): Promise<string | undefined> {
  if (findGem(project.locked, "rake") === undefined) return "rake is not installed";
  const files = await listNames(project.dir);
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
  const result = await section.timed(`Running \`${command}\``, () => rake.run(["-P", "--trace"]));
  if (result.exitCode === 0) return parseRakeTasks(result.stdout);
  for (const line of result.lines) section.output(line);
  const facts = await rakeFailure(rake, command, result);
  throw new BuildpackError({ code: "rake/detection-failed", ...facts });
}
