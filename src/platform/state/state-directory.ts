import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { BuildpackError, usageError } from "../../failure.ts";
import { isDirectory } from "../../system/files.ts";

/**
 * The state directory of an app, which keeps its builds: the one that the user names, or
 * `${XDG_STATE_HOME:-~/.local/state}/lapidary/<name>-<digest of its path>`. The one of root is below
 * `/var/lib`, because the unprivileged user of a build may not enter root's home.
 *
 * @throws BuildpackError `platform/app-missing` if `app` is not a directory; `platform/usage` if the folder
 * that the user names is an empty string, which would mean the current directory.
 */
export async function stateDirectoryFor(
  app: string,
  chosen: string | undefined,
  { env, cwd }: { env: Readonly<Record<string, string | undefined>>; cwd: string },
): Promise<string> {
  const path = resolve(cwd, app);
  if (app === "") throw usageError("The app's directory has no name");
  if (!(await isDirectory(path))) throw new BuildpackError({ code: "platform/app-missing", path });
  if (chosen === "") {
    throw usageError("`--state` names no directory");
  }
  if (chosen?.includes(":")) {
    const problem = `\`--state ${chosen}\` contains a colon, at which \`PATH\` would be split`;
    throw usageError(problem);
  }
  if (chosen !== undefined) return resolve(cwd, chosen);
  const real = await realpath(path);
  const base = env["XDG_STATE_HOME"] || ownStateHome(env);
  return join(base, "lapidary", directoryNameOf(real));
}

/**
 * The name of a folder for an app: that of the app's directory, and a digest of its path. Programs are built and
 * started below it, so it has no colon, at which PATH would be split, and no space, at which a shebang would.
 */
export function directoryNameOf(app: string): string {
  const digest = createHash("sha256").update(app).digest("hex").slice(0, 8);
  const name = basename(app)
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, 64);
  return `${name || "app"}-${digest}`;
}

function ownStateHome(env: Readonly<Record<string, string | undefined>>): string {
  return process.getuid?.() === 0 ? "/var/lib" : join(env["HOME"] || homedir(), ".local/state");
}
