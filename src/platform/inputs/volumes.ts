import { realpath } from "node:fs/promises";
import { posix, resolve } from "node:path";
import { BuildpackError } from "../../failure.ts";
import type { Bind } from "../sandbox/sandbox.ts";

/**
 * Parses `--volume HOST:INSIDE[:ro|rw]`, as `pack build --volume` does: a directory or file of this
 * machine that the build sees, read-only unless `rw` is given.
 *
 * @throws BuildpackError `platform/usage` for another form, a missing path, or a path inside that the
 * build uses itself.
 */
export async function readVolumes(texts: readonly string[], cwd: string): Promise<Bind[]> {
  return await Promise.all(texts.map(async (text) => await readVolume(text, cwd)));
}

async function readVolume(text: string, cwd: string): Promise<Bind> {
  const [host = "", inside = "", mode = "ro", ...rest] = text.split(":");
  if (!host || !inside.startsWith("/") || !["ro", "rw"].includes(mode) || rest.length > 0) {
    throw usage(text, "expected HOST:INSIDE[:ro|rw] with an absolute path INSIDE");
  }
  const place = posix.normalize(inside).replace(/(?<=.)\/$/, "");
  const owner = ownPlaces.find((own) => place === own || place.startsWith(`${own}/`));
  if (place === "/" || owner) throw usage(text, `the build uses \`${owner ?? "/"}\` itself`);
  const real = await realpath(resolve(cwd, host)).catch(() => undefined);
  if (real === undefined) throw usage(text, `\`${host}\` does not exist`);
  return { host: real, inside: place, writable: mode === "rw" };
}

const ownPlaces = [
  "/workspace",
  "/layers",
  "/platform",
  "/cnb",
  "/home/cnb",
  "/tmp",
  "/dev",
  "/proc",
];

function usage(text: string, reason: string): BuildpackError {
  const problem = `\`--volume ${text}\` cannot be mounted: ${reason}`;
  return new BuildpackError({ code: "platform/usage", problem });
}
