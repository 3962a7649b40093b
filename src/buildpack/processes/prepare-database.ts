import type { Process } from "../../cnb/launch.ts";
import type { Section } from "../../output/printer.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { givenCommandScript } from "../../ruby/processes/given-command.ts";
import type { Project } from "../project/project.ts";

/**
 * With BP_RAILS_DB_PREPARE, lets the process `web` create and migrate its database before the server starts,
 * as Rails' `bin/docker-entrypoint` does. If that fails, the server does not start. Other commands, such as a console,
 * and other processes start at once.
 */
export function prepareDatabase(
  processes: readonly Process[],
  { locked, binRails }: Pick<Project, "locked" | "binRails">,
  section: Section,
): Process[] {
  const missing = ["railties", "activerecord"].filter((gem) => findGem(locked, gem) === undefined);
  if (missing.length > 0) {
    section.warn(
      `BP_RAILS_DB_PREPARE has no effect: the app does not have ${missing.join(" and ")}.`,
    );
    return [...processes];
  }
  const line = `${binRails ? "bin/rails" : "bundle exec rails"} db:prepare`;
  if (!processes.some(({ type }) => type === "web")) {
    section.warn("BP_RAILS_DB_PREPARE has no effect: the app has no web process.");
    return [...processes];
  }
  section.say(`\`web\` runs \`${line}\` first (\`BP_RAILS_DB_PREPARE\`)`);
  return processes.map((process) => (process.type === "web" ? preceded(process, line) : process));
}

// `sh -c SCRIPT web`, or `bash -c SCRIPT web` from a Procfile.
function preceded(process: Process, line: string): Process {
  const [shell = "sh", option = "-c", script = "", ...rest] = process.command;
  const before = `${line} || exit`;
  const changed = script.startsWith(givenCommandScript)
    ? `${givenCommandScript}; ${before}${script.slice(givenCommandScript.length).replace(/^\n?;?/, ";")}`
    : `${before}; ${script}`;
  return { ...process, command: [shell, option, changed, ...rest] };
}
