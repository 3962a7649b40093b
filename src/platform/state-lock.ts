import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { BuildpackError } from "../failure.ts";

/** Who holds a lock. Process ids are used again, so the time at which the process began counts too. */
interface Holder {
  pid: number;
  started: string;
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
    await rename(path, `${own}.stale`).catch(ignoreMissing);
    await rm(`${own}.stale`, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function refuseWhereHeld(path: string): Promise<void> {
  const holder = await readHolder(path);
  if (!holder || (await startOf(holder.pid)) !== holder.started) return;
  throw new BuildpackError({ code: "platform/state-locked", path, pid: holder.pid });
}

/** A file that is gone, or that a crash left without sense, has no holder. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const { pid, started } = JSON.parse(await readFile(path, "utf8")) as Partial<Holder>;
    return pid !== undefined && started !== undefined ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

async function thisProcess(): Promise<Holder> {
  return { pid: process.pid, started: (await startOf(process.pid)) ?? "" };
}

/** When a running process began, in ticks since this boot of the machine, or `undefined`. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    const status = await readFile(`/proc/${pid}/stat`, "utf8");
    // The command's name stands in parentheses and may hold spaces and parentheses itself.
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    return `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
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

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}
