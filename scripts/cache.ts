import glob from "fast-glob";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { BuildpackError } from "../src/failure.ts";
import { takeLock } from "../src/platform/state/state-lock.ts";
import { cacheDirectory } from "../src/system/cache-directory.ts";
import { isDirectory, removeTree } from "../src/system/files.ts";
import type { Work } from "./work.ts";

/**
 * The directory that `make` filled for these inputs, now or on an earlier run. It is named by the
 * hash of the inputs and put there whole by a rename; where two processes want it, one makes it and
 * the other waits.
 */
export async function cached(
  work: Work,
  name: string,
  inputs: object,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const directory = join(cacheDirectory(work.env), `${name}-${hashOf(inputs)}`);
  if (await isDirectory(directory)) return directory;
  return await withLock(work, name, async () => {
    if (await isDirectory(directory)) return directory;
    await removePartsOf(name, cacheDirectory(work.env));
    await makeWhole(directory, make);
    return directory;
  });
}

/** Runs `task` while no other process runs one under the same name. */
export async function withLock<T>(work: Work, name: string, task: () => Promise<T>): Promise<T> {
  const release = await waitForLock(work, join(cacheDirectory(work.env), "locks", name));
  try {
    return await task();
  } finally {
    await release();
  }
}

function hashOf(inputs: object): string {
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 16);
}

/** Whoever was killed while making one held the lock that we now hold. */
async function removePartsOf(name: string, cwd: string): Promise<void> {
  const pattern = `${name}-${"[0-9a-f]".repeat(16)}.*.partial`;
  const parts = await glob(pattern, { cwd, absolute: true, onlyDirectories: true });
  for (const part of parts) await removeTree(part);
}

async function makeWhole(directory: string, make: (directory: string) => Promise<void>) {
  const staged = `${directory}.${randomBytes(4).toString("hex")}.partial`;
  await mkdir(staged, { recursive: true });
  try {
    await make(staged);
    await rename(staged, directory);
  } finally {
    await removeTree(staged);
  }
}

async function waitForLock({ section, signal }: Work, path: string) {
  for (let told = false; ; told = true) {
    try {
      return await takeLock(path);
    } catch (error) {
      const failure = error instanceof BuildpackError ? error.failure : undefined;
      if (failure?.code !== "platform/state-locked") throw error;
      const other = `process \`${failure.pid}\``;
      if (!told) section.say(`Waiting until ${other} is done with \`${basename(path)}\``);
      await wait(1000, undefined, { signal });
    }
  }
}
