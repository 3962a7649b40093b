import { chmod, mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { lookInside } from "../../system/inside/open-inside.ts";
import { copyTreeContents } from "../../system/tree.ts";
import { claimState } from "../../platform/state/claim-state.ts";
import { openState, type StagedBuild } from "../../platform/state/state.ts";
import { readStoredBuild, type StoredBuild } from "../../platform/state/stored-build.ts";

/** The build of the last successful compile in a cache directory. It is only read. */
export async function readCompileCache(cacheDir: string): Promise<StoredBuild | undefined> {
  return await readStoredBuild(stateIn(cacheDir));
}

/**
 * Replaces the build in the cache directory by a staged one, completely or not at all. `beforeCommit` is
 * the last step that may fail.
 */
export async function saveCompileCache(
  cacheDir: string,
  staged: string,
  build: StagedBuild,
  beforeCommit: () => Promise<void>,
): Promise<void> {
  const directory = stateIn(cacheDir);
  await mkdir(cacheDir, { recursive: true });
  // Programs of other buildpacks write to the cache as well.
  await lookInside(await realpath(cacheDir), directoryName);
  await claimState(directory, true);
  // Readable only by its owner: one of the layers holds SECRET_KEY_BASE.
  await chmod(directory, 0o700);
  const state = await openState(directory);
  try {
    await copyTreeContents(staged, state.staged);
    await beforeCommit();
    await state.commit(build);
  } finally {
    await state.close();
  }
}

function stateIn(cacheDir: string): string {
  return join(cacheDir, directoryName);
}

const directoryName = "lapidary";
