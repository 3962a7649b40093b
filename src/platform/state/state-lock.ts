import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BuildpackError } from "../../failure.ts";
import { lockFile, type Unlock } from "../../system/file-lock.ts";

/**
 * Takes a lock file for this process, and resolves to a function that releases it. The lock of a process
 * that has ended is free, so users need not clean up after a killed build.
 *
 * @throws BuildpackError `platform/state-locked` while another process holds it.
 */
export async function takeLock(path: string): Promise<Unlock> {
  await mkdir(dirname(path), { recursive: true });
  const unlock = await lockFile(path);
  if (!unlock) {
    throw new BuildpackError({ code: "platform/state-locked", path, pid: await readHolder(path) });
  }
  // For people: the file shows who is at work.
  await writeFile(path, JSON.stringify({ pid: process.pid }));
  return unlock;
}

/** Like `takeLock`, but waits while another process holds the lock. For locks that are held briefly. */
export async function waitForLock(path: string): Promise<Unlock> {
  for (;;) {
    try {
      return await takeLock(path);
    } catch (error) {
      const held =
        error instanceof BuildpackError && error.failure.code === "platform/state-locked";
      if (!held) throw error;
      await sleep(pollingInterval);
    }
  }
}

/** In milliseconds. */
const pollingInterval = 50;

/** The process id that the holder has where it runs; 0 while it has not written it yet. */
async function readHolder(path: string): Promise<number> {
  try {
    const { pid } = JSON.parse(await readFile(path, "utf8")) as { pid?: unknown };
    return typeof pid === "number" ? pid : 0;
  } catch {
    return 0;
  }
}
