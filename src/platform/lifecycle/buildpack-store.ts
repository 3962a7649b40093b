import { basename, dirname, join, resolve } from "node:path";
import {
  type BuildpackDescriptor,
  type BuildpackName,
  readBuildpackDescriptor,
  readOrderOf,
} from "../../cnb/buildpack-descriptor.ts";
import { escapeId } from "../../cnb/names.ts";
import { BuildpackError } from "../../failure.ts";
import { isFile } from "../../system/files.ts";

/** A buildpack that this platform can run, and its directory on this machine. */
export interface Buildpack {
  id: string;
  version: string;
  directory: string;
  descriptor: BuildpackDescriptor;
}

/** The Buildpack APIs that this platform supports. */
export const buildpackApis: readonly string[] = ["0.9", "0.10", "0.11", "0.12"];

/**
 * Reads the buildpacks in these directories, in order. A buildpack that is given twice counts once.
 *
 * A buildpack is what its descriptor says. But where one is looked for by name, in `order` or by a composite buildpack,
 * and lies at `<id>/<version>`, as in builder images, its place decides, as in lifecycles.
 *
 * @throws BuildpackError `platform/buildpack-missing` for a directory without a buildpack,
 * `cnb/buildpack-api-unsupported` for an API that this platform does not support.
 */
export async function readBuildpacks(
  directories: readonly string[],
  order: readonly { group: readonly Partial<BuildpackName>[] }[] = [],
): Promise<Buildpack[]> {
  const places = directories.map((directory) => resolve(directory));
  const orders = [order, ...(await Promise.all(places.map(readOrderOf)))];
  const wanted = orders.flat().flatMap(({ group }) => group);
  const buildpacks = new Map<string, Buildpack>();
  for (const place of places) {
    const buildpack = await readBuildpack(place, wanted.find(liesAt(place)));
    const name = nameOf(buildpack);
    if (!buildpacks.has(name)) buildpacks.set(name, buildpack);
  }
  return [...buildpacks.values()];
}

/** The name of a buildpack: `<id>@<version>`. */
export function nameOf({ id, version }: { id: string; version: string }): string {
  return `${id}@${version}`;
}

/** The path of a buildpack below the directory of all buildpacks. */
export function storePath({ id, version }: { id: string; version: string }): string {
  return join(escapeId(id), version);
}

function liesAt(place: string) {
  const [id, version] = [basename(dirname(place)), basename(place)];
  return (wanted: Partial<BuildpackName>): wanted is BuildpackName =>
    wanted.version === version && escapeId(wanted.id ?? "") === id;
}

async function readBuildpack(
  directory: string,
  called: BuildpackName | undefined,
): Promise<Buildpack> {
  if (!(await isFile(join(directory, "buildpack.toml")))) {
    throw missing(directory, `it has no \`buildpack.toml\``);
  }
  const name = called && { id: called.id, version: called.version };
  const descriptor = await readBuildpackDescriptor(directory, buildpackApis, name);
  const { id, version } = descriptor.buildpack;
  return { id, version, directory, descriptor };
}

function missing(path: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/buildpack-missing", path, problem });
}
