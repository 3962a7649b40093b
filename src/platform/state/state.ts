import { mkdir, readdir, rename, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { claimState } from "./claim-state.ts";
import { buildsInUse } from "./state-in-use.ts";
import { takeLock } from "./state-lock.ts";
import {
  type BuildPlace,
  currentName,
  metadataLabel,
  readStoredBuild,
  type StoredBuild,
} from "./stored-build.ts";
import { labelJson } from "./label-json.ts";
import type { LifecycleMetadata } from "./lifecycle-metadata.ts";
import { discardTree } from "../../system/tree.ts";

/**
 * The state directory of one app, locked for one build.
 *
 *     .lapidary-state marks it as ours, see `claimState`
 *     lock            the process whose build is running
 *     work/           the directories of that build, always at the same path
 *     builds/<n>/     a build, see `StoredBuild`
 *     current         a link to the current build
 *     in-use/         the builds that apps run from, see `openStoredBuild`
 *
 * The build that `current` names is never written to: a build that fails or is killed leaves it unchanged,
 * byte for byte. The link changes by one rename, so a reader finds the old build or the new one. The next
 * build removes what a killed build has left behind.
 */
export interface OpenState {
  work: { app: string; layers: string };
  previous: StoredBuild | undefined;
  /** An empty directory for the next build. */
  staged: string;
  /** Completes the staged build and makes it the current one. */
  commit: (build: StagedBuild) => Promise<void>;
  /** Removes builds that are no longer current, except those that an app still runs from. */
  removeOld: () => Promise<void>;
  /** Removes everything but the current build and builds in use, and releases the lock. */
  close: () => Promise<void>;
}

export interface StagedBuild {
  inside: BuildPlace;
  ids?: { uid: number; gid: number } | undefined;
  platformApi: string;
  labels: Readonly<Record<string, string>>;
  buildpackLabels?: Readonly<Record<string, string>>;
  image: LifecycleMetadata;
  cache: LifecycleMetadata;
}

/** The points that a commit reaches. */
export type StateStep = "build staged" | "build current";

/**
 * @throws BuildpackError `platform/state-locked` while another build of the app is running;
 * `platform/state-foreign` for a directory that is neither empty nor a state directory.
 */
export async function openState(
  directory: string,
  onStep: (step: StateStep) => void = () => {},
): Promise<OpenState> {
  await claimState(directory);
  const unlock = await takeLock(join(directory, "lock"));
  try {
    await sweep(directory);
    const previous = await readStoredBuild(directory);
    const staged = join(directory, "builds", await nextName(directory));
    const work = await makeWorkplace(join(directory, "work"));
    await mkdir(staged, { recursive: true });
    return {
      work,
      previous,
      staged,
      commit: async (build) => {
        await complete(staged, build);
        onStep("build staged");
        await makeCurrent(directory, basename(staged));
        onStep("build current");
      },
      removeOld: async () => await sweepBuilds(directory),
      close: async () => {
        try {
          await sweep(directory);
        } finally {
          await unlock();
        }
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function sweep(directory: string): Promise<void> {
  await discardTree(join(directory, "work"));
  await discardTree(join(directory, "current.next"));
  await sweepBuilds(directory);
}

async function sweepBuilds(directory: string): Promise<void> {
  const current = await currentName(directory);
  const builds = await readdir(join(directory, "builds")).catch(() => []);
  const inUse = await buildsInUse(directory);
  const leftovers = builds.filter((name) => name !== current && !inUse.includes(name));
  for (const name of leftovers) await discardTree(join(directory, "builds", name));
}

async function nextName(directory: string): Promise<string> {
  const names = await readdir(join(directory, "builds")).catch(() => []);
  return String(Math.max(0, ...names.map(Number)) + 1);
}

async function makeWorkplace(path: string): Promise<OpenState["work"]> {
  const work = {
    app: join(path, "app"),
    layers: join(path, "layers"),
  };
  for (const directory of Object.values(work)) await mkdir(directory, { recursive: true });
  return work;
}

async function complete(staged: string, build: StagedBuild): Promise<void> {
  const { inside, ids, platformApi, image, cache } = build;
  const labels = { ...build.labels, [metadataLabel]: labelJson(image) };
  const write = async (name: string, value: object) =>
    await writeFile(join(staged, name), `${labelJson(value)}\n`);
  await write("labels.json", labels);
  await write("buildpack-labels.json", build.buildpackLabels ?? {});
  await write("cache.json", cache);
  await write("build.json", { platformApi, inside, ids });
}

async function makeCurrent(directory: string, name: string): Promise<void> {
  const next = join(directory, "current.next");
  await symlink(join("builds", name), next);
  await rename(next, join(directory, "current"));
}
