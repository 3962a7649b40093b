import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BuildpackError } from "../../failure.ts";
import { processIdentity } from "../../system/process-identity.ts";

/** The process that holds a lock. Ids are reused, so the id alone does not identify it. */
interface Holder {
  pid: number;
  identity: string;
}

/**
 * Takes a lock file for this process, and resolves to a function that releases it. The lock of a process
 * that has ended is taken over, so users need not clean up after a killed build.
 *
 * @throws BuildpackError `platform/state-locked` while another process holds it.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(own, JSON.stringify(await thisProcess()));
  try {
    while (!(await linked(own, path))) await takeOver(own, path);
  } finally {
    await rm(own, { force: true });
  }
  return async () => await rm(path, { force: true });
}

/** Like `takeLock`, but waits while another process holds the lock. For locks that are held briefly. */
export async function waitForLock(path: string): Promise<() => Promise<void>> {
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

/**
 * Removes a lock file whose holder has ended. If several processes try at once, the one that makes the
 * guard file checks again and removes the lock. The others find the state locked.
 */
async function takeOver(own: string, path: string): Promise<void> {
  const guard = `${path}.takeover`;
  await refuseWhereHeld(path);
  if (!(await linked(own, guard))) {
    await refuseWhereHeld(guard);
    await rm(guard, { force: true });
    return;
  }
  try {
    await refuseWhereHeld(path);
    await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function refuseWhereHeld(path: string): Promise<void> {
  const holder = await readHolder(path);
  if (!holder || (await processIdentity(holder.pid)) !== holder.identity) return;
  throw new BuildpackError({ code: "platform/state-locked", path, pid: holder.pid });
}

/** A missing file, or one that a crash has damaged, has no holder. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const { pid, identity } = JSON.parse(await readFile(path, "utf8")) as Partial<Holder>;
    return pid !== undefined && identity !== undefined ? { pid, identity } : undefined;
  } catch {
    return undefined;
  }
}

async function thisProcess(): Promise<Holder> {
  return { pid: process.pid, identity: (await processIdentity(process.pid)) ?? "" };
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
