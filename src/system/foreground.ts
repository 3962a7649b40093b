import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { isatty } from "node:tty";
import type { Command } from "./command.ts";
import { exitCodeOfSignal, exitCodeOfStart } from "./exit-code.ts";

/**
 * Runs a command with our own standard input, output and error. Resolves to its exit code: 127 if it
 * was not found, 128 + n if signal n ended it.
 *
 * While it runs, SIGTERM and SIGHUP that we receive are passed on to the process `depth` generations
 * below the one that is started. So is SIGINT, unless a terminal has sent it to every process already.
 */
export async function runInForeground(command: Command, depth = 0): Promise<number> {
  const { file, args, cwd, env, signal, killSignal } = command;
  const child = spawn(file, [...args], {
    cwd,
    env,
    stdio: "inherit",
    ...(signal ? { signal } : {}),
    ...(killSignal ? { killSignal } : {}),
  });
  const forward = (name: NodeJS.Signals) => void forwardSignal(child, depth, name);
  for (const name of forwarded) process.on(name, forward);
  try {
    return await exitCodeOf(child);
  } finally {
    for (const name of forwarded) process.off(name, forward);
  }
}

const forwarded: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

async function forwardSignal(child: ChildProcess, depth: number, name: NodeJS.Signals) {
  const terminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  if (child.pid === undefined || (name === "SIGINT" && terminal)) return;
  const target = await descendantOf(child.pid, depth);
  // The process may have ended in the meantime.
  if (child.exitCode === null && child.signalCode === null) trySignal(target, name);
}

async function descendantOf(pid: number, depth: number): Promise<number> {
  let current = pid;
  for (let generation = 0; generation < depth; generation += 1) {
    const path = `/proc/${current}/task/${current}/children`;
    const children = await readFile(path, "utf8").catch(() => "");
    const first = Number.parseInt(children, 10);
    if (Number.isNaN(first)) break;
    current = first;
  }
  return current;
}

function trySignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      const code = exitCodeOfStart(error.code);
      if (code !== undefined) resolve(code);
      // An abort is reported before the process ends: its exit still follows.
      else if (error.name !== "AbortError") reject(error);
    });
    child.once("exit", (code, signal) => {
      resolve(code ?? (signal ? exitCodeOfSignal(signal) : 128));
    });
  });
}
