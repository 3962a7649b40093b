import { randomBytes } from "node:crypto";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { lstatIfAny, removeTree } from "../../../system/files.ts";
import { readEntryFacts } from "./store-entry.ts";

/**
 * Removes the least recently used entries until the rest is not larger than `limit` bytes, and what killed builds
 * left a day ago or earlier. A build that is copying an entry then finds it damaged, and installs that gem.
 *
 * @returns how many entries were removed.
 */
export async function limitStore(store: string, limit: number): Promise<number> {
  const entries: { name: string; bytes: number; used: number }[] = [];
  for (const name of await readdir(store)) {
    const path = join(store, name);
    if (name.startsWith(".")) await removeIfOld(path);
    else {
      const bytes = (await readEntryFacts(path))?.bytes ?? 0;
      const used = (await lstatIfAny(join(path, "entry.json")))?.mtimeMs ?? 0;
      entries.push({ name, bytes, used });
    }
  }
  let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  let removed = 0;
  for (const { name, bytes } of entries.sort((a, b) => a.used - b.used)) {
    if (total <= limit) break;
    await removeEntry(store, name);
    total -= bytes;
    removed++;
  }
  return removed;
}

// Renamed first, so that no build sees half an entry.
async function removeEntry(store: string, name: string): Promise<void> {
  const doomed = join(store, `.removing-${randomBytes(8).toString("hex")}`);
  await rename(join(store, name), doomed).catch((error: NodeJS.ErrnoException) => {
    // Another build has removed it at the same time.
    if (error.code !== "ENOENT") throw error;
  });
  await removeTree(doomed);
}

async function removeIfOld(path: string): Promise<void> {
  const stats = await lstatIfAny(path);
  const isOurs = /\/\.(?:adding|removing)-[0-9a-f]{16}$/.test(path);
  if (isOurs && stats && Date.now() - stats.mtimeMs > dayInMilliseconds) await removeTree(path);
}

const dayInMilliseconds = 24 * 60 * 60 * 1000;
