import { basename } from "node:path";
import glob from "fast-glob";
import type { LockedGem } from "../../ruby/lockfile/gemfile-lock.ts";
import type { Installed } from "../install-ruby-and-gems.ts";
import type { Project } from "../project/read-project.ts";

/**
 * The project without the locked gems that are not installed because their groups are left out: no
 * task and no process can use them. The lockfile knows no groups, so what RubyGems has written
 * decides; gems from git or a path, and Ruby's default gems, count as installed.
 */
export async function leaveOutGems(
  project: Project,
  { places: { gems, ruby } }: Pick<Installed, "places">,
): Promise<Project> {
  const paths = [
    ...(await glob("specifications/*.gemspec", { cwd: gems })),
    // Those that Ruby ships besides, Bundler does not see where GEM_PATH is set, and installs anew.
    ...(await glob("lib/ruby/gems/*/specifications/default/*.gemspec", { cwd: ruby })),
  ];
  const installed = new Set(paths.map((path) => basename(path, ".gemspec")));
  const specs = project.locked.specs.filter(
    (gem) => gem.source.kind !== "gem" || isAmong(installed, gem),
  );
  return { ...project, locked: { ...project.locked, specs } };
}

/** A gem that is locked for any machine may be installed as the variant for this one. */
function isAmong(installed: ReadonlySet<string>, { name, version, platform }: LockedGem): boolean {
  const locked = `${name}-${version}`;
  if (platform !== "ruby") return installed.has(`${locked}-${platform}`);
  return installed.has(locked) || [...installed].some((gem) => gem.startsWith(`${locked}-`));
}
