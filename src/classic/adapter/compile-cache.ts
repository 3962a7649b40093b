import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { copyTreeContents } from "../../system/tree.ts";
import { openState, type StagedBuild } from "../../platform/state/state.ts";
import { readStoredBuild, type StoredBuild } from "../../platform/state/stored-build.ts";

/** What the last successful compile left in a cache directory; nothing there is written to. */
export async function readCompileCache(cacheDir: string): Promise<StoredBuild | undefined> {
  return await readStoredBuild(stateIn(cacheDir));
}

/**
 * Puts a staged build into the cache directory, in the place of the one before: all of it at once, or
 * nothing. `beforeCommit` is the last that may fail.
 */
export async function saveCompileCache(
  cacheDir: string,
  staged: string,
  build: StagedBuild,
  beforeCommit: () => Promise<void>,
): Promise<void> {
  const directory = stateIn(cacheDir);
  await mkdir(directory, { recursive: true });
  // Only for its owner: among the layers is SECRET_KEY_BASE.
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
  return join(cacheDir, "lapidary");
}
