import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { isDirectory } from "../../system/files.ts";

/**
 * Where builds of an app are kept: the folder that the user names, or one of the user's own for this
 * app, `${XDG_STATE_HOME:-~/.local/state}/lapidary/<name>-<digest of its path>`. Root's is below
 * `/var/lib` instead of its home, which the unprivileged user of a build may not enter.
 *
 * @throws BuildpackError `platform/app-missing` where `app` is no directory.
 */
export async function stateDirectoryFor(
  app: string,
  chosen: string | undefined,
  { env, cwd }: { env: Readonly<Record<string, string | undefined>>; cwd: string },
): Promise<string> {
  const path = resolve(cwd, app);
  if (!(await isDirectory(path))) throw new BuildpackError({ code: "platform/app-missing", path });
  if (chosen !== undefined) return resolve(cwd, chosen);
  const real = await realpath(path);
  const base = env["XDG_STATE_HOME"] || ownStateHome(env);
  const digest = createHash("sha256").update(real).digest("hex").slice(0, 8);
  // Where namespaces are refused, apps are built below this path: PATH splits at colons, shebangs at blanks.
  const name = basename(real)
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, 64);
  return join(base, "lapidary", `${name || "app"}-${digest}`);
}

function ownStateHome(env: Readonly<Record<string, string | undefined>>): string {
  return process.getuid?.() === 0 ? "/var/lib" : join(env["HOME"] || homedir(), ".local/state");
}
