import type { Process } from "../../cnb/launch.ts";
import { parseProcessType } from "../../cnb/names.ts";
import type { Section } from "../../output/printer.ts";
import { defaultWebProcess } from "../../ruby/default-process.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { parseProcfile, takesArguments } from "../../ruby/procfile.ts";
import { sideProcesses } from "../../ruby/side-processes.ts";
import { testProcess } from "../../ruby/test-process.ts";
import type { ExecEnv } from "../../settings.ts";
import { shellQuote } from "../../system/shell-quote.ts";
import type { Project } from "../project/read-project.ts";

/**
 * Chooses what the image runs (contract: Process types), and prints it: the lines of the app's
 * Procfile, and beside them what the app can run by default. `web` is the default process; without
 * it, the only line of a Procfile is. In an image that is to test the app, `test` is.
 */
export function chooseProcesses(project: Project, execEnv: ExecEnv, section: Section): Process[] {
  const fromProcfile = procfileProcesses(project, section);
  const taken = new Set(fromProcfile.map(({ type }) => type));
  const own = [
    ...(execEnv === "test" && !taken.has("test") ? ownTests(project, section) : []),
    ...(taken.has("web") ? [] : defaultWeb(project, section)),
    ...besideTheWeb(project, section, taken),
  ];
  const processes = [...fromProcfile, ...own];
  const [only] = fromProcfile.length === 1 ? fromProcfile : [];
  const offered = new Set(processes.map(({ type }) => type));
  const first = execEnv === "test" ? ["test", "web"] : ["web"];
  const main = first.find((type) => offered.has(type)) ?? only?.type;
  const place = project.path === "" ? {} : { workingDir: project.dir };
  return processes.map(({ type, command }) => ({
    ...place,
    type: parseProcessType(type),
    command,
    args: [],
    default: type === main,
  }));
}

interface Chosen {
  type: string;
  command: Process["command"];
}

function procfileProcesses({ procfile }: Project, section: Section): Chosen[] {
  if (procfile.state === "missing") return [];
  if (procfile.state === "unreadable") {
    section.warn(`Procfile is ignored: ${procfile.problem}.`);
    return [];
  }
  const { entries, ignored } = parseProcfile(procfile.text);
  for (const { type, line } of entries) section.say(`\`${type}\`, from Procfile: \`${line}\``);
  section.warn(...ignored.map(({ line, why }) => `Procfile line ${line} is ignored: ${why}.`));
  if (entries.length === 0) section.warn("Procfile has no processes.");
  return entries.map(({ type, line }) => ({ type, command: bashCommand(type, line) }));
}

// Bash, as on Heroku, where lines of a Procfile use what only it has. It becomes the line's last
// command, which then hears the signals.
function bashCommand(type: string, line: string): Process["command"] {
  return ["bash", "-c", takesArguments(line) ? `${line} "$@"` : line, type];
}

function defaultWeb(project: Project, section: Section): Chosen[] {
  const web = defaultWebProcess({ ...project, locked: versionIn(project) });
  if (web.framework === "none") {
    section.say(`No default web process: ${web.because}`);
    section.detail("Add a `Procfile` with a `web` line to start one");
    return [];
  }
  section.say(`\`web\` (default), because ${web.because}: \`${web.script}\``);
  if (web.doubt) section.warn(web.doubt);
  // One shell line as the whole command: it reads PORT and RAILS_ENV when the app starts, and what
  // a user appends becomes its "$@".
  return [{ type: "web", command: ["sh", "-c", web.script, "web"] }];
}

function ownTests(project: Project, section: Section): Chosen[] {
  const found = testProcess({ ...project, locked: versionIn(project) });
  if (!found) {
    section.warn(
      "No `test` process: there is neither `spec` with rspec-core, nor `test` with Rails, nor a Rakefile.",
      "Add a `Procfile` with a `test` line that runs the app's tests.",
    );
    return [];
  }
  const { command, because } = found;
  section.say(`\`test\` (default), because ${because}: \`${command.map(shellQuote).join(" ")}\``);
  return [{ type: "test", command: [...command] }];
}

function besideTheWeb(project: Project, section: Section, taken: ReadonlySet<string>): Chosen[] {
  const found = sideProcesses({ ...project, locked: versionIn(project) });
  const processes = found.processes.filter(({ type }) => !taken.has(type));
  for (const { type, command, because } of processes) {
    section.say(`\`${type}\`, because ${because}: \`${command.map(shellQuote).join(" ")}\``);
  }
  if (found.noWorker && !taken.has("worker")) section.say(`No \`worker\`: ${found.noWorker}`);
  return processes.map(({ type, command }) => ({ type, command: [...command] }));
}

function versionIn({ locked }: Project): (gem: string) => string | undefined {
  return (gem) => findGem(locked, gem)?.version;
}
