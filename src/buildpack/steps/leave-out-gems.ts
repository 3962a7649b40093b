import { basename } from "node:path";
import glob from "fast-glob";
import type { LockedGem } from "../../ruby/gemfile-lock.ts";
import type { Installed } from "./install-ruby-and-gems.ts";
import type { Project } from "./read-project.ts";

/**
 * The project without the locked gems that are not installed because their groups are left out: no
 * task and no process can use them. The lockfile knows no groups, so what RubyGems has written
 * decides; gems from git or a path, and those of the versions that Ruby ships, count as installed.
 */
export async function leaveOutGems(
  project: Project,
  { places: { gems, ruby } }: Pick<Installed, "places">,
): Promise<Project> {
  const paths = [
    ...(await glob("specifications/*.gemspec", { cwd: gems })),
    ...(await glob("lib/ruby/gems/*/specifications/{,default/}*.gemspec", { cwd: ruby })),
  ];
  const names = new Set(paths.map((path) => basename(path)));
  const specs = project.locked.specs.filter(
    (gem) => gem.source.kind !== "gem" || names.has(gemspecName(gem)),
  );
  return { ...project, locked: { ...project.locked, specs } };
}

function gemspecName({ name, version, platform }: LockedGem): string {
  return `${name}-${version}${platform === "ruby" ? "" : `-${platform}`}.gemspec`;
}
