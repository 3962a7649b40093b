import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BuildpackError } from "../../failure.ts";
import { processIdentity } from "../../system/process-identity.ts";

/** Who holds a lock. Process ids are used again, so the id alone does not tell. */
interface Holder {
  pid: number;
  identity: string;
}

/**
 * Takes the lock file for this process and resolves to what gives it back. Whoever finds the file
 * of a process that is no more takes it over: a killed build leaves nothing for a user to clear up.
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

/** As `takeLock`, but waits for as long as another process holds the lock: for locks that are held briefly. */
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
 * Removes a lock file whose holder is gone. Of several processes that see this at once, the one
 * that makes the second file looks again and removes; the others find the state locked.
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

/** A file that is gone, or that a crash left without sense, has no holder. */
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
