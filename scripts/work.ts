import { createPrinter, type Section } from "../src/output/printer.ts";
import { createStyle } from "../src/output/style.ts";
import { systemClock } from "../src/system/clock.ts";
import { runCommand, type CommandResult } from "../src/system/command.ts";
import { Unavailable } from "./unavailable.ts";

/** What every step of a script needs. */
export interface Work {
  section: Section;
  env: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/**
 * Runs `steps` as one section of a log on standard error; standard output is for the script's result.
 * Ctrl-C aborts the signal, which stops running commands.
 */
export async function withWork<T>(title: string, steps: (work: Work) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const stop = () => abort.abort(new Unavailable("stopped"));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  // Scripts read the output of tools, so it must be in one language.
  const env = { ...environment(), LC_ALL: "C.UTF-8" };
  try {
    return await logPrinter(env).section(title, async (section) => {
      return await steps({ section, env, signal: abort.signal });
    });
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

/**
 * Runs a command. If it fails, throws `Unavailable` with the last lines of its output.
 *
 * @returns its result, with exit code 0.
 */
export async function run(
  work: Work,
  file: string,
  args: readonly string[],
  { cwd = "/", env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<CommandResult> {
  const { signal } = work;
  const result = await runCommand({ file, args, cwd, env: { ...work.env, ...env }, signal });
  signal.throwIfAborted();
  if (result.exitCode === 0) return result;
  const said = result.lines.slice(-8).map((line) => `\n    ${line}`);
  throw new Unavailable(
    `\`${file} ${args[0] ?? ""}\` exited with code ${result.exitCode}:${said.join("")}`,
  );
}

/** The environment of this process. */
export function environment(): Record<string, string> {
  const set = Object.entries(process.env).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as Record<string, string>;
}

function logPrinter(env: Readonly<Record<string, string>>) {
  return createPrinter({
    write: (text) => process.stderr.write(text),
    style: createStyle(!env["NO_COLOR"]),
    clock: systemClock,
    debug: false,
  });
}
