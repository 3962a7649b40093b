import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { lstatIfAny } from "../../system/files.ts";
import type { Project } from "./read-project.ts";

/** Directories that Rails and gems write to when the app runs. */
const written = ["tmp", "log", "storage", "db"];
const madeForRails = ["tmp/pids", "log", "storage"];

const groupReadWrite = 0o060;
const groupReadWriteSearch = 0o070;

/**
 * Lets another user of the same group run the app: makes the directories that Rails writes to writable by
 * the group, and creates those that it expects.
 */
export async function openAppDirectories({
  dir,
  locked,
}: Pick<Project, "dir" | "locked">): Promise<void> {
  if (findGem(locked, "railties") !== undefined) {
    for (const name of madeForRails) await makeUnlessTaken(join(dir, name));
  }
  for (const name of written) await openToGroup(join(dir, name));
}

// A file or a broken link with this name is left alone.
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
