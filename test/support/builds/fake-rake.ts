import { readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command, CommandResult } from "../../../src/system/command.ts";
import { isFile } from "../../../src/system/files.ts";

/** What stands in for the app's rake. */
export interface FakeRake {
  tasks: readonly string[];
  /** Runs tasks, at least one. */
  run: (names: readonly string[]) => Promise<CommandResult>;
}

/**
 * Does what rake does with `list-tasks-first.rb`: writes its list, waits for the decision, and ends or runs tasks.
 *
 * @returns `undefined` if it is another command.
 */
export async function answerAsRake(
  { args, signal }: Command,
  { tasks, run }: FakeRake,
): Promise<CommandResult | undefined> {
  const script = args[args.indexOf("--require") + 1];
  if (script === undefined || !args.includes("--require")) return undefined;
  const directory = dirname(script);
  // Complete or missing, as the build expects it.
  await writeFile(join(directory, "tasks.part"), listOf(tasks));
  await rename(join(directory, "tasks.part"), join(directory, "tasks"));
  while (!(await isFile(join(directory, "run")))) {
    if (signal?.aborted) return { ...silent, exitCode: 143 };
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const names = (await readFile(join(directory, "run"), "utf8")).split("\n").filter(Boolean);
  return names.length === 0 ? silent : await run(names);
}

/** What `rake -P` prints for tasks that all have one prerequisite. */
function listOf(tasks: readonly string[]): string {
  return tasks.map((task) => `rake ${task}\n    environment\n`).join("");
}

const silent: CommandResult = { exitCode: 0, stdout: "", stderr: "", lines: [] };
