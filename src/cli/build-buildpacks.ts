import { resolve } from "node:path";
import { readBuildpackDescriptor } from "../cnb/buildpack-descriptor.ts";
import { chooseBuildpacks } from "../platform/inputs/project-buildpacks.ts";
import type { ProjectDescriptor } from "../platform/inputs/project-descriptor.ts";
import type { CommandContext } from "./command-context.ts";

/**
 * The directories of the buildpacks to build with. Paths of the project descriptor are relative to
 * `projectDirectory`. Warns of those that cannot be used here.
 */
export async function findBuildpacks(
  projectDirectory: string,
  named: readonly string[],
  project: ProjectDescriptor,
  { cwd, ownBuildpack, printer }: CommandContext,
): Promise<string[]> {
  const { id } = (await readBuildpackDescriptor(ownBuildpack)).buildpack;
  const own = { id, directory: ownBuildpack };
  const paths = named.map((path) => resolve(cwd, path));
  const { directories, unavailable } = await chooseBuildpacks(
    projectDirectory,
    paths,
    project,
    own,
  );
  for (const name of unavailable) {
    printer.plain(
      `Warning: skipping the buildpack ${name} of project.toml, which is not a directory on this ` +
        "machine. Download it and pass its directory: --buildpack DIR",
    );
  }
  return directories;
}
