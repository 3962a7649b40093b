import { randomBytes } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { lockFile } from "../../system/file-lock.ts";
import { lstatIfAny } from "../../system/files.ts";
import { waitForLock } from "./state-lock.ts";
import { currentName, readStoredBuild, type StoredBuild } from "./stored-build.ts";

/** A build that an app runs from. It is not removed until it is released or our process ends. */
export interface BuildInUse {
  build: StoredBuild;
  release: () => Promise<void>;
}

/**
 * Opens the current build of a state directory while its app runs. Undefined before the first build, and if the state
 * directory has only a cache that was adopted from an image.
 *
 * @param id tells this use of the build from others.
 */
export async function openStoredBuild(
  state: string,
  id = randomBytes(6).toString("hex"),
): Promise<BuildInUse | undefined> {
  for (;;) {
    const build = await readStoredBuild(state);
    if (!build || !(await lstatIfAny(join(build.layers, "config")))) return undefined;
    const release = await markInUse(state, `${basename(build.path)}-${id}`);
    // A build that became current before the mark was written may have removed this one.
    if ((await currentName(state)) === basename(build.path)) return { build, release };
    await release();
  }
}

/** The names of the builds that running processes use. Marks of ended processes are removed. */
export async function buildsInUse(state: string): Promise<string[]> {
  const names: string[] = [];
  for (const mark of await readdir(directoryOf(state)).catch(() => [])) {
    const unlock = await lockFile(join(directoryOf(state), mark));
    const [name = ""] = mark.split("-");
    if (unlock) await unlock();
    else names.push(name);
  }
  return names;
}

/** The mark counts for as long as we hold its lock. */
async function markInUse(state: string, mark: string): Promise<() => Promise<void>> {
  await mkdir(directoryOf(state), { recursive: true });
  // Whoever looks which builds are in use may hold the lock for a moment.
  return await waitForLock(join(directoryOf(state), mark));
}

function directoryOf(state: string): string {
  return join(state, "in-use");
}
