import { join, resolve } from "node:path";
import {
  type BuildpackDescriptor,
  readBuildpackDescriptor,
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
 * @throws BuildpackError `platform/buildpack-missing` for a directory without a buildpack,
 * `cnb/buildpack-api-unsupported` for an API that this platform does not support.
 */
export async function readBuildpacks(directories: readonly string[]): Promise<Buildpack[]> {
  const buildpacks = new Map<string, Buildpack>();
  for (const directory of directories) {
    const buildpack = await readBuildpack(resolve(directory));
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

async function readBuildpack(directory: string): Promise<Buildpack> {
  if (!(await isFile(join(directory, "buildpack.toml")))) {
    throw missing(directory, `it has no \`buildpack.toml\``);
  }
  const descriptor = await readBuildpackDescriptor(directory, buildpackApis);
  const { id, version } = descriptor.buildpack;
  return { id, version, directory, descriptor };
}

function missing(path: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/buildpack-missing", path, problem });
}
