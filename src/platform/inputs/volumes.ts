import { realpath } from "node:fs/promises";
import { posix, resolve } from "node:path";
import { BuildpackError } from "../../failure.ts";
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
  // The outer one has its own content there, in which nothing may be made.
  for (const [index, { inside }] of binds.entries()) {
    const outer = binds.find((other) => inside.startsWith(`${other.inside}/`));
    if (outer) throw usage(texts[index] ?? "", `it is inside the volume \`${outer.inside}\``);
  }
  return binds;
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
  return new BuildpackError({ code: "platform/usage", problem });
}
