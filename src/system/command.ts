import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { execa } from "execa";
import { BuildpackError } from "../failure.ts";
import { exitCodeOfSignal, exitCodeOfStart } from "./exit-code.ts";
import { Lines, Tail } from "./output-tail.ts";

/** A command to run. `env` is the whole environment of the child: nothing is inherited. */
export interface Command {
  /** An absolute path, or a name that is searched on `env.PATH`. */
  file: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** The variables as the user knows them, for errors, if `env` has others. */
  variables?: Readonly<Record<string, string>>;
  /** What it reads from its standard input, which is empty otherwise. `runInForeground` ignores it. */
  input?: string | Uint8Array;
  /** Called with each line of standard output and standard error, as soon as it is complete. */
  onLine?: (line: string) => void;
  /** Called instead of `onLine` with the text of both streams as it arrives, in pieces of any length. */
  onText?: (text: string) => void;
  signal?: AbortSignal;
  /** The signal that an aborted `signal` sends, SIGTERM by default. SIGKILL follows after five seconds. */
  killSignal?: NodeJS.Signals;
  /**
   * Whether an aborted `signal` also stops the processes that the command has started. Without it, the command only counts
   * as ended when they have closed its output. It gets a session of its own, without a terminal.
   */
  withDescendants?: boolean;
}

export interface CommandResult {
  /** The exit code: 127 if the command was not found, 128 + n if signal n ended it. */
  exitCode: number;
  /** This and the next two fields hold at least the last 16 million characters of a longer output. */
  stdout: string;
  stderr: string;
  /** The lines of both streams, in the order in which they arrived; none for a command with `onText`. */
  lines: string[];
}

/**
 * Runs a command and waits for it. A command that fails is a result, not an error.
 *
 * @throws BuildpackError `system/environment-too-large` if the system refuses `env` or `args`.
 */
export type RunCommand = (command: Command) => Promise<CommandResult>;

export const runCommand: RunCommand = async (command) => {
  const { file, args, cwd, env, input, signal, killSignal, withDescendants = false } = command;
  const child = execa(file, [...args], {
    ...{ cwd, env, extendEnv: false, buffer: false, reject: false, detached: withDescendants },
    ...(input === undefined ? { stdin: "ignore" } : { input }),
    ...(signal ? { cancelSignal: signal } : {}),
    ...(killSignal ? { killSignal } : {}),
  });
  const { pid } = child;
  const release =
    withDescendants && pid !== undefined && signal ? stopGroup(pid, signal, killSignal) : () => {};
  const lines = new Tail(keptCharacters);
  const stdout = keepOutput(child.stdout, lines, command);
  const stderr = keepOutput(child.stderr, lines, command);
  const [result, out, errors] = await Promise.all([child, stdout, stderr]).finally(release);
  refuseTooLarge(result, command.variables ?? env);
  return {
    exitCode: exitCodeOf(result),
    stdout: out,
    stderr: errors,
    lines: command.onText ? [] : lines.all(),
  };
};

/**
 * When `signal` is aborted, stops all processes of a group. SIGKILL follows after five seconds.
 *
 * @returns a function to call when the group has ended: its number may then belong to another one.
 */
function stopGroup(
  pid: number,
  signal: AbortSignal,
  killSignal: NodeJS.Signals = "SIGTERM",
): () => void {
  let later: NodeJS.Timeout | undefined;
  const send = (name: NodeJS.Signals) => {
    try {
      process.kill(-pid, name);
    } catch {
      // They have all ended.
    }
  };
  const stop = () => {
    send(killSignal);
    later = setTimeout(send, 5000, "SIGKILL");
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return () => {
    signal.removeEventListener("abort", stop);
    clearTimeout(later);
  };
}

/** In each stream. More than that is a log, which has been passed on already. */
const keptCharacters = 16 << 20;

/** Passes on a stream as it arrives, and resolves to the end of its text without the last line end. */
async function keepOutput(
  stream: Readable,
  lines: Tail,
  { onLine, onText }: Command,
): Promise<string> {
  const kept = new Tail(keptCharacters);
  const decoder = new StringDecoder("utf8");
  const split = new Lines((line) => {
    lines.add(line);
    onLine?.(line);
  });
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    const text = decoder.write(chunk);
    kept.add(text);
    if (onText) onText(text);
    else split.add(chunk);
  }
  split.end();
  return kept
    .all()
    .join("")
    .replace(/\r?\n$/, "");
}

function refuseTooLarge({ code }: { code?: string | undefined }, env: Command["env"]): void {
  if (code !== "E2BIG") return;
  const [[name, value] = ["", ""]] = Object.entries(env).toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  const bytes = Buffer.byteLength(value);
  throw new BuildpackError({ code: "system/environment-too-large", name, bytes });
}

function exitCodeOf({ exitCode, signal, code }: ExecaEnd): number {
  return exitCode ?? exitCodeOfStart(code) ?? (signal ? exitCodeOfSignal(signal) : 128);
}

interface ExecaEnd {
  exitCode?: number | undefined;
  signal?: NodeJS.Signals | undefined;
  code?: string | undefined;
}
