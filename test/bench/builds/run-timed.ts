import { readFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { runCommand } from "../../../src/system/command.ts";
import { environment } from "../../../scripts/work.ts";

export interface TimedRun {
  /** Milliseconds on the clock. */
  total: number;
  /** Milliseconds of CPU of the command and everything that it waited for. */
  cpu: number;
  log: string;
}

/** Runs a command line. The shell around it counts the seconds of CPU; Node cannot do that for children. */
export async function runTimed(words: readonly string[], cwd: string): Promise<TimedRun> {
  const times = `${cwd}/times`;
  const started = performance.now();
  const args = ["-c", counting, times, ...words];
  const env = { ...environment(), NO_COLOR: "1" };
  const { exitCode, lines } = await runCommand({ file: "/bin/sh", args, cwd, env });
  const total = performance.now() - started;
  if (exitCode !== 0) {
    throw new Error([`It ended with exit code ${exitCode}:`, ...lines.slice(-30)].join("\n"));
  }
  const log = stripVTControlCharacters(lines.join("\n"));
  return { total, cpu: parseTimes(await readFile(times, "utf8")), log };
}

const counting = '"$@"; code=$?; times >"$0"; exit $code';

/**
 * Reads what the shell's `times` prints: on its second line, the time in user and system mode of the
 * processes that have ended, such as `0m1.50s 0m0.25s`.
 *
 * @returns milliseconds.
 */
export function parseTimes(text: string): number {
  const [, children = ""] = text.split("\n");
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`these are not the times of processes: ${text}`);
  const seconds = parts.map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest));
  return seconds.reduce((sum, each) => sum + each, 0) * 1000;
}
