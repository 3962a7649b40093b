import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { lstatIfAny } from "../../system/files.ts";

/** Directories that Rails and gems write to when the app runs. */
const written = ["tmp", "log", "storage", "db"];
const madeForRails = ["tmp/pids", "log", "storage"];

const groupReadWrite = 0o060;
const groupReadWriteSearch = 0o070;

/**
 * Lets another user of the same group run the app: what Rails writes to at run time becomes
 * writable by the group, and the directories that it expects are there.
 */
export async function openAppDirectories(appDir: string, rails: boolean): Promise<void> {
  if (rails) {
    for (const name of madeForRails) await makeUnlessTaken(join(appDir, name));
  }
  for (const name of written) await openToGroup(join(appDir, name));
}

// Where a file or a link that leads nowhere has the name, the app has its own reasons.
async function makeUnlessTaken(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (!["EEXIST", "ENOTDIR", "ENOENT"].includes(error.code ?? "")) throw error;
  });
}

async function openToGroup(path: string): Promise<void> {
  const entry = await lstatIfAny(path);
  if (entry?.isFile()) await chmod(path, entry.mode | groupReadWrite);
  if (!entry?.isDirectory()) return;
  await chmod(path, entry.mode | groupReadWriteSearch);
  for (const name of await readdir(path)) await openToGroup(join(path, name));
}
