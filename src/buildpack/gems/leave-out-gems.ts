import type { Installed } from "../installed.ts";
import type { Project } from "../project/project.ts";
import { findInstalledGems } from "./installed-gems.ts";

/**
 * The project without locked gems that are not installed because their groups are left out: no rake task
 * and no process can use them. A lockfile does not contain groups. Gems from git or a path count as installed.
 */
export async function leaveOutGems(
  project: Project,
  { places }: Pick<Installed, "places">,
): Promise<Project> {
  const isInstalled = await findInstalledGems(places.gems, places.ruby);
  const specs = project.locked.specs.filter((gem) => gem.source.kind !== "gem" || isInstalled(gem));
  return { ...project, locked: { ...project.locked, specs } };
}
