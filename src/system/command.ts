import { execa } from "execa";

/** A command to run. `env` is the whole environment of the child: nothing is inherited. */
export interface Command {
  /** An absolute path, or a name that is searched on `env.PATH`. */
  file: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** Called with each line of standard output and standard error, as soon as it is complete. */
  onLine?: (line: string) => void;
  /** Called instead of `onLine` with the text of both streams as it arrives, in pieces of any length. */
  onText?: (text: string) => void;
  signal?: AbortSignal;
  /** The signal that an aborted `signal` sends, SIGTERM by default. SIGKILL follows after five seconds. */
  killSignal?: NodeJS.Signals;
}

export interface CommandResult {
  /** The exit code: 127 if the command was not found, 128 + n if signal n ended it. */
  exitCode: number;
  stdout: string;
  stderr: string;
  /** The lines of both streams, in the order in which they arrived. */
  lines: string[];
}

/** Runs a command and waits for it. A command that fails is a result, not an error. */
export type RunCommand = (command: Command) => Promise<CommandResult>;

export const runCommand: RunCommand = async (command) => {
  const lines: string[] = [];
  const keep = function* (line: unknown) {
    const text = String(line);
    lines.push(text);
    command.onLine?.(text);
    yield text;
  };
  const result = await execa(command.file, [...command.args], {
    cwd: command.cwd,
    env: command.env,
    extendEnv: false,
    stdin: "ignore",
    stdout: command.onText ? passOn(command.onText) : keep,
    stderr: command.onText ? passOn(command.onText) : keep,
    reject: false,
    ...(command.signal ? { cancelSignal: command.signal } : {}),
    ...(command.killSignal ? { killSignal: command.killSignal } : {}),
  });
  return { exitCode: exitCodeOf(result), stdout: result.stdout, stderr: result.stderr, lines };
};

function passOn(onText: (text: string) => void) {
  const decoder = new TextDecoder();
  const transform = function* (chunk: unknown) {
    onText(decoder.decode(chunk as Uint8Array, { stream: true }));
    yield chunk;
  };
  return { transform, binary: true };
}

function exitCodeOf(result: {
  exitCode?: number | undefined;
  signal?: string | undefined;
  code?: string | undefined;
}): number {
  if (result.exitCode !== undefined) return result.exitCode;
  if (result.code === "ENOENT") return 127;
  return 128 + (signalNumbers[result.signal ?? ""] ?? 0);
}

const signalNumbers: Record<string, number> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
