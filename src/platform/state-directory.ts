import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { BuildpackError } from "../failure.ts";
import { isDirectory } from "../system/files.ts";

/**
 * Where builds of an app are kept: the folder that the user names, or one of the user's own for this
 * app, `${XDG_STATE_HOME:-~/.local/state}/lapidary/<name>-<digest of its path>`.
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
  const base = env["XDG_STATE_HOME"] || join(env["HOME"] || "/root", ".local/state");
  const digest = createHash("sha256").update(real).digest("hex").slice(0, 8);
  return join(base, "lapidary", `${basename(real) || "app"}-${digest}`);
}
