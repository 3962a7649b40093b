import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { lstatIfAny } from "./files.ts";
import { unusable } from "./system-failure.ts";
import { systemProgramsPath } from "./search-path.ts";

/** Gives a lock back, and removes its file. */
export type Unlock = () => Promise<void>;

/**
 * Locks a file with `flock(2)`, and creates it if it is missing. The kernel releases the lock when this
 * process ends in whatever way, and it holds between containers that share the file, in which process
 * ids mean different processes. Needs `flock(1)` of util-linux.
 *
 * @returns `undefined` while another process holds the lock.
 * @throws BuildpackError `system/file-unusable` if the path cannot be a lock file.
 */
export async function lockFile(path: string): Promise<Unlock | undefined> {
  const entry = await lstatIfAny(path);
  if (entry && !entry.isFile()) throw unusable(path, "it is not a regular file");
  for (;;) {
    const { answer, release } = await startHolder(path);
    if (answer === "held") {
      return async () => {
        await rm(path, { force: true });
        await release();
      };
    }
    if (answer === "busy") return undefined;
    if (answer !== "replaced") throw unusable(path, answer);
  }
}

/**
 * Node cannot lock files, so a child of ours holds the lock until its standard input is closed. It has a
 * session of its own: Ctrl-C must not release the lock before we have cleaned up. A file that its
 * previous holder has removed in the meantime is of no use as a lock.
 */
const holdScript = `
exec 9>>"$1" || exit
flock --nonblock 9 || { echo busy; exit; }
[ /proc/self/fd/9 -ef "$1" ] || { echo replaced; exit; }
echo held
exec cat >/dev/null
`;

async function startHolder(path: string): Promise<{ answer: string; release: Unlock }> {
  const child = spawn("/bin/sh", ["-c", holdScript, "lock", path], {
    cwd: "/",
    env: { PATH: systemProgramsPath },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  const closed = once(child, "close");
  const exited = once(child, "exit");
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const answer = await Promise.race([
    once(child.stdout, "data").then(([chunk]) => String(chunk).trim()),
    closed.then(() => errors.trim().split(": ").at(-1) ?? ""),
  ]);
  // A lock that was not given back must not keep this process alive: it ends with us.
  child.unref();
  for (const pipe of [child.stdin, child.stdout, child.stderr]) (pipe as Socket).unref();
  return {
    answer,
    release: async () => {
      child.ref();
      child.stdin.end();
      await exited;
    },
  };
}
