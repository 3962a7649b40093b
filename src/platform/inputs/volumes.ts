import { realpath } from "node:fs/promises";
import { posix, resolve } from "node:path";
import { BuildpackError } from "../../failure.ts";
import type { Bind } from "../sandbox/sandbox.ts";

/**
 * What `--volume HOST:INSIDE[:ro|rw]` shows to the build: a directory or file of this machine, for
 * reading unless `rw` says otherwise, as `pack build --volume` has it.
 *
 * @throws BuildpackError `platform/usage` for a text of another form, a path that is missing here, or a
 * place inside that is the build's own.
 */
export async function readVolumes(texts: readonly string[], cwd: string): Promise<Bind[]> {
  return await Promise.all(texts.map(async (text) => await readVolume(text, cwd)));
}

async function readVolume(text: string, cwd: string): Promise<Bind> {
  const [host = "", inside = "", mode = "ro", ...rest] = text.split(":");
  if (!host || !inside.startsWith("/") || !["ro", "rw"].includes(mode) || rest.length > 0) {
    throw usage(text, "expected HOST:INSIDE, with an absolute INSIDE, and `:ro` or `:rw` at most");
  }
  const place = posix.normalize(inside).replace(/(?<=.)\/$/, "");
  const owner = ownPlaces.find((own) => place === own || place.startsWith(`${own}/`));
  if (place === "/" || owner) throw usage(text, `\`${owner ?? "/"}\` is the build's own`);
  const real = await realpath(resolve(cwd, host)).catch(() => undefined);
  if (real === undefined) throw usage(text, `there is no \`${host}\` here`);
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
