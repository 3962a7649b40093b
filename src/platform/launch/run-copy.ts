import { mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readTextIfAny } from "../../system/files.ts";
import { copyTreeForImage, discardTree } from "../../system/tree.ts";
import { buildsInUse } from "../state/state-in-use.ts";
import { waitForLock } from "../state/state-lock.ts";
import type { StoredBuild } from "../state/stored-build.ts";

/** What an app runs from: a copy of one build, as a container is one of an image. */
export interface RunCopy {
  app: string;
  layers: string;
  /** Holds the launcher and nothing else. */
  platform: string;
  /** Whether this is a first run, finds what earlier runs wrote, or replaces a copy of an older build. */
  state: "first" | "kept" | "renewed";
}

/**
 * Opens the copy of a build that its processes run from and may write to. It belongs to that build:
 * the first run after another build starts from a copy without what earlier runs wrote. Copies of
 * older builds go, unless something still runs there.
 *
 *     run/<build>/{app,layers,platform}
 *     run/<build>/complete       written last
 *
 * A build without namespaces runs where it was built, since its files may name that place.
 */
export async function openRunCopy(state: string, build: StoredBuild): Promise<RunCopy> {
  const unlock = await waitForLock(join(state, "run.lock"));
  try {
    const name = basename(build.path);
    const inPlace = build.inside.app.startsWith(`${state}/`);
    const directory = inPlace ? dirname(build.inside.app) : join(state, "run", name);
    const older = await removeOlderCopies(state, name);
    const [app, layers] = [join(directory, "app"), join(directory, "layers")];
    const copy = { app, layers, platform: join(directory, "platform") };
    const complete = join(directory, "complete");
    if ((await readTextIfAny(complete)) === name) return { ...copy, state: "kept" };
    await discardTree(directory);
    await copyTreeForImage(build.app, app);
    await copyTreeForImage(build.layers, layers);
    await mkdir(copy.platform);
    await writeFile(complete, name);
    return { ...copy, state: older ? "renewed" : "first" };
  } finally {
    await unlock();
  }
}

/** Resolves to whether there was a copy of another build. */
async function removeOlderCopies(state: string, current: string): Promise<boolean> {
  const names = await readdir(join(state, "run")).catch(() => []);
  const inUse = await buildsInUse(state);
  const older = names.filter((name) => name !== current);
  for (const name of older.filter((name) => !inUse.includes(name))) {
    await discardTree(join(state, "run", name));
  }
  return older.length > 0;
}
