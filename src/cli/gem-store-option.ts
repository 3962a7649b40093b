import { chown } from "node:fs/promises";
import { resolve } from "node:path";
import { BuildpackError } from "../failure.ts";
import { refusePlaceInside } from "../platform/inputs/app-place.ts";
import type { Bind } from "../platform/sandbox/sandbox.ts";
import { makeDirectories } from "../system/files.ts";

/** What `--gem-store DIR` adds to a build. */
export interface GemStoreOption {
  binds: readonly Bind[];
  env: Readonly<Record<string, string>>;
}

export interface GemStorePlace {
  /** The app's real path. */
  app: string;
  cwd: string;
  /** The user of the build. */
  uid: number;
  gid: number;
}

/** Where the build sees the directory. */
const inside = "/gem-store";

/**
 * Mounts the directory of `--gem-store` into the build, and sets `BP_GEM_STORE` to it. A directory that does not
 * exist is created, and belongs to the user of the build. The owner of one that exists is not changed.
 *
 * @throws BuildpackError `platform/usage` for a path that is in the app, or that cannot be a directory.
 */
export async function openGemStoreOption(
  path: string | undefined,
  { app, cwd, uid, gid }: GemStorePlace,
): Promise<GemStoreOption> {
  if (path === undefined) return { binds: [], env: {} };
  const host = resolve(cwd, path);
  await refusePlaceInside(app, host, "The gem store");
  const created = await makeDirectories(host).catch((error: NodeJS.ErrnoException) => {
    const problem = `\`--gem-store\` needs a directory, and \`${path}\` cannot be created: ${error.code}`;
    throw new BuildpackError({ code: "platform/usage", problem }, { cause: error });
  });
  // The user of the build may not write to a directory of root.
  if (created && process.getuid?.() === 0) await chown(host, uid, gid);
  const bind = { host, inside, writable: true, option: "--gem-store" };
  return { binds: [bind], env: { BP_GEM_STORE: inside } };
}
