import { realpath } from "node:fs/promises";
import { posix, resolve } from "node:path";
import { BuildpackError, usageError } from "../../failure.ts";
import type { Bind } from "../sandbox/sandbox.ts";
import { defaultWorkspace } from "../sandbox/workspace.ts";

/**
 * Parses `--volume HOST:INSIDE[:ro|rw]`, as `pack build --volume` does: a directory or file of this
 * machine that the build sees, read-only unless `rw` is given.
 *
 * @param workspace - the path of the app in the build.
 * @throws BuildpackError `platform/usage` for another form, a missing path, or a path inside that the
 * build uses itself.
 */
export async function readVolumes(
  texts: readonly string[],
  cwd: string,
  workspace = defaultWorkspace,
): Promise<Bind[]> {
  const binds = await Promise.all(
    texts.map(async (text) => await readVolume(text, cwd, workspace)),
  );
  refuseOverlaps(binds);
  return binds;
}

/**
 * Refuses two mounts at one place, and a mount inside another one: its mount point would have to be made in the
 * user's own directory.
 *
 * @throws BuildpackError `platform/usage`.
 */
export function refuseOverlaps(binds: readonly Bind[]): void {
  for (const [index, { inside, option }] of binds.entries()) {
    const others = binds.filter((_, place) => place !== index);
    const outer = others.find((other) => `${inside}/`.startsWith(`${other.inside}/`));
    if (!outer) continue;
    const where = outer.inside === inside ? "where" : `inside \`${outer.inside}\`, where`;
    const problem = `\`${option}\` cannot mount something at \`${inside}\`, ${where} \`${outer.option}\` mounts something already`;
    throw usageError(problem);
  }
}

async function readVolume(text: string, cwd: string, workspace: string): Promise<Bind> {
  const [host = "", inside = "", mode = "ro", ...rest] = text.split(":");
  if (!host || !inside.startsWith("/") || !["ro", "rw"].includes(mode) || rest.length > 0) {
    throw usage(text, "expected HOST:INSIDE[:ro|rw] with an absolute path INSIDE");
  }
  const place = posix.normalize(inside).replace(/(?<=.)\/$/, "");
  const owner = closed.find((own) => place === own || place.startsWith(`${own}/`));
  const whole = owner ?? [workspace, ...open].find((own) => place === own);
  if (whole) throw usage(text, `the build uses \`${whole}\` itself`);
  const real = await realpath(resolve(cwd, host)).catch(() => undefined);
  if (real === undefined) throw usage(text, `\`${host}\` does not exist`);
  return { host: real, inside: place, writable: mode === "rw", option: "--volume" };
}

/** Where nothing can be mounted, and where something can be mounted below, but not in place of it. */
const closed = ["/cnb", "/layers", "/dev", "/proc", "/sys"];
const open = ["/", "/platform", "/platform/env", "/platform/bindings", "/home/cnb", "/tmp"];

function usage(text: string, reason: string): BuildpackError {
  const problem = `\`--volume ${text}\` cannot be mounted: ${reason}`;
  return usageError(problem);
}
