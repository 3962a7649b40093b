import { basename } from "node:path";
import glob from "fast-glob";
import type { LockedGem } from "../../ruby/lockfile/gemfile-lock.ts";
import type { Installed } from "../installed.ts";
import type { Project } from "../project/project.ts";

/**
 * The project without locked gems that are not installed because their groups are left out: no rake task
 * and no process can use them. A lockfile does not contain groups, so this looks at the gemspecs that
 * RubyGems has written. Gems from git or a path, and Ruby's default gems, count as installed.
 */
export async function leaveOutGems(
  project: Project,
  { places: { gems, ruby } }: Pick<Installed, "places">,
): Promise<Project> {
  const paths = [
    ...(await glob("specifications/*.gemspec", { cwd: gems })),
    // Only default gems: Bundler does not see the other gems that Ruby ships, and installs them again.
    ...(await glob("lib/ruby/gems/*/specifications/default/*.gemspec", { cwd: ruby })),
  ];
  const installed = new Set(paths.map((path) => basename(path, ".gemspec")));
  const specs = project.locked.specs.filter(
    (gem) => gem.source.kind !== "gem" || isAmong(installed, gem),
  );
  return { ...project, locked: { ...project.locked, specs } };
}

/** A gem that is locked for any platform may be installed in a variant for this one. */
function isAmong(installed: ReadonlySet<string>, { name, version, platform }: LockedGem): boolean {
  const locked = `${name}-${version}`;
  if (platform !== "ruby") return installed.has(`${locked}-${platform}`);
  return installed.has(locked) || [...installed].some((gem) => gem.startsWith(`${locked}-`));
}
