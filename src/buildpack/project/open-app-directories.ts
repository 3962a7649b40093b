import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { lstatIfAny } from "../../system/files.ts";
import { makeAppDirectories } from "./make-app-directories.ts";
import type { Project } from "./read-project.ts";

/** Directories that Rails and gems write to when the app runs. */
const written = ["tmp", "log", "storage", "db"];

const groupReadWrite = 0o060;
const groupReadWriteSearch = 0o070;

/**
 * Lets another user of the same group run the app: makes the directories that Rails writes to writable by
 * the group, and creates those that are missing.
 */
export async function openAppDirectories(project: Pick<Project, "dir" | "locked">): Promise<void> {
  await makeAppDirectories(project);
  for (const name of written) await openToGroup(join(project.dir, name));
}

async function openToGroup(path: string): Promise<void> {
  const entry = await lstatIfAny(path);
  if (entry?.isFile()) await chmod(path, entry.mode | groupReadWrite);
  if (!entry?.isDirectory()) return;
  await chmod(path, entry.mode | groupReadWriteSearch);
  // bootsnap's directories contain thousands of links, which have no mode of their own.
  const entries = await readdir(path, { withFileTypes: true });
  const others = entries.filter((one) => !one.isSymbolicLink());
  await Promise.all(others.map(({ name }) => openToGroup(join(path, name))));
}
