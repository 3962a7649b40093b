import { join } from "node:path";
import { openSandbox } from "../platform/sandbox/sandbox.ts";
import { ownDirectory, slugRoot } from "./slug-root.ts";

export interface DynoOptions {
  /** The contents of a slug, on the host; what the process writes stays there. */
  app: string;
  /** The root file system that stands in for the stack's image. */
  root: string;
  uid: number;
  gid: number;
  /** Config vars, and whatever else the process gets; beats what the dyno sets. */
  env: Readonly<Record<string, string>>;
  /** The process type, `run` for a command that is none. */
  type: string;
  /** What bash runs. */
  line: string;
  signal?: AbortSignal;
}

/**
 * Runs a line as a dyno does: at `/app`, which is its HOME, by bash, after the files of `.profile.d`
 * and `.profile`. Where the machine grants no namespaces, the app runs where it stands. Resolves to
 * the exit code.
 */
export async function runDyno(options: DynoOptions): Promise<number> {
  const { app, root, uid, gid, env, type, line, signal } = options;
  const own = join(app, ownDirectory);
  const sandbox = await openSandbox({
    ...{ root, uid, gid, buildpacks: [], binds: [] },
    // A slug has its layers in itself, and no platform directory.
    host: { app, layers: own, platform: own },
    inside: { app: slugRoot },
    ...(signal ? { signal } : {}),
  });
  try {
    return await sandbox.attach({
      file: "/bin/bash",
      args: ["-c", startScript, "dyno", line],
      cwd: sandbox.inside.app,
      env: {
        PATH: "/usr/local/bin:/usr/bin:/bin",
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
