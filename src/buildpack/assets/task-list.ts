import { copyFile, mkdtemp, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { parseRakeTasks } from "../../ruby/rake-tasks.ts";
import type { CommandResult } from "../../system/command.ts";
import { readTextIfAny, removeTree } from "../../system/files.ts";
import { type Rake, rakeFailure } from "./rake.ts";

/** Rake, which has loaded the app and now waits. */
export interface ListedTasks {
  /** The names of all tasks. */
  tasks: ReadonlySet<string>;
  /**
   * Runs `assets:precompile` and, if it is named, `assets:clean`. May be called once.
   *
   * @param onLine gets every line that the app prints, from its start.
   */
  run: (names: readonly string[], onLine: (line: string) => void) => Promise<CommandResult>;
}

/**
 * Asks rake which tasks the app has (contract: Rake execution), in the same process that then precompiles
 * assets: loading the app twice would take most of the time of a build. The list is the output of `rake -P`
 * (see `list-tasks-first.rb`). No task runs before `work` says so. If `work` runs none, the process ends.
 *
 * @throws BuildpackError `rake/detection-failed`, after the app's own output; what `work` throws, after the
 * process has been stopped.
 */
export async function withTaskList<T>(
  rake: Rake,
  section: Section,
  work: (listed: ListedTasks) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "lapidary-rake-"));
  const stop = new AbortController();
  const waiting = await startRake(rake, directory, stop.signal);
  const failUnlessZero = failure(rake, section);
  try {
    const text = "Loading the app to list its tasks, as `bundle exec rake -P` does";
    const tasks = await section.timed(text, async () => {
      const list = await textOf(join(directory, "tasks"), waiting.ended);
      if (list === undefined) await failUnlessZero(await waiting.ended);
      return parseRakeTasks(list ?? "");
    });
    const result = await work({ tasks, run: waiting.run });
    if (!waiting.hasRun()) await failUnlessZero(await waiting.run([], () => {}));
    return result;
  } finally {
    stop.abort();
    await waiting.ended.catch(() => {});
    await removeTree(directory);
  }
}

/** Starts rake with tasks that it does not run before `run` names them. */
async function startRake(rake: Rake, directory: string, signal: AbortSignal) {
  const script = join(directory, "list-tasks-first.rb");
  await copyFile(new URL("./list-tasks-first.rb", import.meta.url), script);
  const held: string[] = [];
  let print: ((line: string) => void) | undefined;
  const ended = rake.run([...commandLine, "--require", script], {
    onLine: (line) => (print ? print(line) : held.push(line)),
    signal,
  });
  const run: ListedTasks["run"] = async (names, onLine) => {
    print = onLine;
    held.forEach(onLine);
    await writeFile(`${directory}/run.part`, names.map((name) => `${name}\n`).join(""));
    await rename(`${directory}/run.part`, `${directory}/run`);
    return await ended;
  };
  return { ended, run, hasRun: () => print !== undefined };
}

// What Rakefiles see as the tasks of this run.
const commandLine = ["assets:precompile", "assets:clean", "--trace"];

/** The text of a file as soon as it exists, or `undefined` if it does not when a process has ended. */
async function textOf(path: string, ended: Promise<unknown>): Promise<string | undefined> {
  let isOver = false;
  const over = ended.finally(() => (isOver = true));
  over.catch(() => {});
  for (;;) {
    const text = await readTextIfAny(path);
    if (text !== undefined || isOver) return text;
    await Promise.race([over, setTimeout(10)]);
  }
}

function failure(rake: Rake, section: Section): (result: CommandResult) => Promise<void> {
  return async (result) => {
    if (result.exitCode === 0) return;
    for (const line of result.lines) section.output(line);
    const command = `bundle exec rake ${commandLine.join(" ")}`;
    const facts = await rakeFailure(rake, command, result);
    throw new BuildpackError({ code: "rake/detection-failed", ...facts });
  };
}
