import { join } from "node:path";
import { openSandbox } from "../platform/sandbox/open-sandbox.ts";
import type { SandboxOptions } from "../platform/sandbox/sandbox.ts";
import { ownDirectory, slugRoot } from "./slug-root.ts";
import { systemProgramsPath } from "../system/search-path.ts";

export interface DynoOptions {
  /** The directory of an unpacked slug on this machine. What the process writes stays there. */
  app: string;
  /** The root file system to use as the stack image. */
  root: string;
  uid: number;
  gid: number;
  /** Config vars and other variables of the process. They win over those that the dyno sets. */
  env: Readonly<Record<string, string>>;
  /** The process type, or `run` for any other command. */
  type: string;
  /** The line that bash runs. */
  line: string;
  /** The part of this machine that is visible if `root` is `/`; see `SandboxOptions`. */
  view?: SandboxOptions["view"];
  /** A private directory of ours that contains the app; see `SandboxOptions`. */
  ownTree?: string;
  signal?: AbortSignal;
}

/**
 * Runs a line as a dyno does: with bash, at `/app`, which is also HOME, after sourcing `.profile.d/*.sh`
 * and `.profile`. If the machine refuses namespaces, the app runs at its own path. Resolves to the exit
 * code.
 */
export async function runDyno(options: DynoOptions): Promise<number> {
  const { app, root, uid, gid, view, ownTree, env, type, line, signal } = options;
  const own = join(app, ownDirectory);
  const sandbox = await openSandbox({
    ...{ root, uid, gid, buildpacks: [], binds: [] },
    // The layers of a slug are inside the app, and there is no platform directory.
    host: { app, layers: own, platform: own },
    inside: { app: slugRoot },
    ...(view ? { view } : {}),
    ...(ownTree ? { ownTree } : {}),
    ...(signal ? { signal } : {}),
  });
  try {
    return await sandbox.attach({
      file: "/bin/bash",
      args: ["-c", startScript, "dyno", line],
      cwd: sandbox.inside.app,
      env: {
        PATH: systemProgramsPath,
        HOME: sandbox.inside.app,
        DYNO: `${type}.1`,
        ...env,
      },
    });
  } finally {
    await sandbox.close();
  }
}

const startScript = `
cd "$HOME" || exit
for file in .profile.d/*.sh; do [ ! -f "$file" ] || . "$file"; done
[ ! -f .profile ] || . ./.profile
unset file
exec bash -c "$1"`;
