import type { Process } from "../../cnb/launch.ts";
import { parseProcessType } from "../../cnb/names.ts";
import type { Section } from "../../output/printer.ts";
import { defaultWebProcess } from "../../ruby/processes/default-process.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { parseProcfile, type ProcfileEntry } from "../../procfile.ts";
import { givenCommandScript } from "../../ruby/processes/given-command.ts";
import { replaceBash } from "../../ruby/processes/replace-bash.ts";
import { takesArguments, usesArguments } from "../../ruby/processes/takes-arguments.ts";
import { type SideProcess, sideProcesses } from "../../ruby/processes/side-processes.ts";
import { needsRakeTasks, testProcess } from "../../ruby/processes/test-process.ts";
import type { ExecEnv } from "../../settings.ts";
import { shellQuote } from "../../system/shell-quote.ts";
import type { Project } from "../project/project.ts";
import { checkPrograms } from "./check-programs.ts";

/**
 * Chooses the process types of the image and prints them (contract: Process types): those of the app's
 * Procfile, and default ones for other types. The default process is `web`, or the only process of a
 * Procfile without `web`. In an image that runs the app's tests, it is `test`.
 *
 * @param listRakeTasks called only if the tests are run by rake.
 */
export async function chooseProcesses(
  project: Project,
  execEnv: ExecEnv,
  section: Section,
  listRakeTasks: ListRakeTasks,
): Promise<Process[]> {
  const fromProcfile = await procfileProcesses(project, section);
  const taken = new Set(fromProcfile.map(({ type }) => type));
  const own = [
    ...(execEnv === "test" && !taken.has("test")
      ? await ownTests(project, section, listRakeTasks)
      : []),
    ...(taken.has("web") ? [] : defaultWeb(project, section)),
    ...processesBesideWeb(project, section, fromProcfile),
  ];
  const processes = [...fromProcfile, ...own];
  const main = mainProcess(fromProcfile, processes, execEnv);
  printProcesses(processes, main, section);
  const place = project.path === "" ? {} : { workingDir: project.dir };
  return processes.map(({ type, command }) => ({
    ...place,
    type: parseProcessType(type),
    command,
    args: [],
    default: type === main,
  }));
}

/** Asks the app's rake for the names of its tasks. */
export type ListRakeTasks = (section: Section) => Promise<ReadonlySet<string>>;

interface Chosen {
  type: string;
  command: Process["command"];
  /** Where it comes from, and its line as the log shows it. */
  because: string;
  line: string;
}

function mainProcess(
  fromProcfile: readonly Chosen[],
  processes: readonly Chosen[],
  execEnv: ExecEnv,
): string | undefined {
  const offered = new Set(processes.map(({ type }) => type));
  const first = execEnv === "test" ? ["test", "web"] : ["web"];
  const [only] = fromProcfile.length === 1 ? fromProcfile : [];
  return first.find((type) => offered.has(type)) ?? only?.type;
}

function printProcesses(
  processes: readonly Chosen[],
  main: string | undefined,
  section: Section,
): void {
  for (const { type, because, line } of processes) {
    const mark = type === main ? " (default)" : "";
    section.say(`\`${type}\`${mark}, ${because}: \`${line}\``);
  }
}

async function procfileProcesses({ dir, procfile }: Project, section: Section): Promise<Chosen[]> {
  if (procfile.state === "missing") return [];
  if (procfile.state === "unreadable") {
    section.warn(`Ignored the Procfile: ${procfile.problem}.`);
    return [];
  }
  const { entries, ignored } = parseProcfile(procfile.text);
  for (const { line, why } of ignored) {
    section.warn(`Ignored line ${line} of the Procfile: ${why}.`);
  }
  if (entries.length === 0) section.warn("The Procfile has no processes.");
  await checkPrograms(dir, entries, section);
  for (const entry of entries) reportBash(entry, section);
  return entries.map(({ type, line }) => ({
    type,
    command: bashCommand(type, line),
    because: "from Procfile",
    line,
  }));
}

// The process `release` ends by itself.
function reportBash({ type, line }: ProcfileEntry, section: Section): void {
  const { stays } = replaceBash(line);
  if (stays === undefined || type === "release") return;
  section.say(
    `\`${type}\` may not stop until the platform kills it, because ${stays}: bash keeps running and does not pass on signals`,
  );
}

// With bash, as on Heroku: Procfiles use its syntax. Bash replaces itself with the last command of the
// script, which then receives signals.
function bashCommand(type: string, written: string): Process["command"] {
  const { line } = replaceBash(written);
  const withArguments = takesArguments(line) ? `${line} "$@"` : line;
  const replaceable = type === "web" && !usesArguments(line);
  const script = replaceable ? `${givenCommandScript}\n${withArguments}` : withArguments;
  return ["bash", "-c", script, type];
}

function defaultWeb(project: Project, section: Section): Chosen[] {
  const web = defaultWebProcess({ ...project, locked: versionIn(project) });
  if (web.framework === "none") {
    section.say(`No default web process: ${web.because}`);
    section.detail("To start one, add a `Procfile` with a `web` process");
    return [];
  }
  if (web.doubt) section.warn(web.doubt);
  // The script reads PORT and RAILS_ENV when the app starts. Arguments of the user become its "$@".
  const command: Process["command"] = ["sh", "-c", web.script, "web"];
  return [{ type: "web", command, because: `because ${web.because}`, line: web.line }];
}

async function ownTests(
  project: Project,
  section: Section,
  listRakeTasks: ListRakeTasks,
): Promise<Chosen[]> {
  const app = { ...project, locked: versionIn(project) };
  const rakeTasks = needsRakeTasks(app) ? await listRakeTasks(section) : undefined;
  const found = testProcess({ ...app, rakeTasks });
  if (found) return [chosen(found)];
  section.warn(
    "No `test` process: the app has neither `spec` with rspec-core, nor `test` with Rails, nor a rake task `default` or `test`.",
    "Add a `Procfile` with a `test` process that runs the app's tests.",
  );
  return [];
}

function processesBesideWeb(
  project: Project,
  section: Section,
  given: readonly Chosen[],
): Chosen[] {
  const taken = new Set(given.map(({ type }) => type));
  const found = sideProcesses({ ...project, locked: versionIn(project), given });
  if (found.noWorker && !taken.has("worker")) section.say(`No \`worker\`: ${found.noWorker}`);
  return found.processes.filter(({ type }) => !taken.has(type)).map(chosen);
}

function chosen({ type, command, because }: SideProcess): Chosen {
  const line = command.map(shellQuote).join(" ");
  return { type, command: [...command], because: `because ${because}`, line };
}

function versionIn({ locked }: Project): (gem: string) => string | undefined {
  return (gem) => findGem(locked, gem)?.version;
}
