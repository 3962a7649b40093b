import { basename } from "node:path";
import glob from "fast-glob";
import type { LockedGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { fullName } from "../../ruby/lockfile/state.ts";

/** Says whether a locked gem is installed. A gem locked for `ruby` also counts as installed if a
 * platform-specific variant is. */
export type IsInstalled = (gem: Pick<LockedGem, "name" | "version" | "platform">) => boolean;

/**
 * Finds the gems of the bundle, by the gemspecs that RubyGems has written.
 *
 * @param ruby - the directory of Ruby, if its default gems count too. Its other gems never do: Bundler does not see them.
 */
export async function findInstalledGems(gems: string, ruby?: string): Promise<IsInstalled> {
  const defaults = "lib/ruby/gems/*/specifications/default/*.gemspec";
  const paths = [
    ...(await glob("specifications/*.gemspec", { cwd: gems })),
    ...(ruby === undefined ? [] : await glob(defaults, { cwd: ruby })),
  ];
  const installed = new Set(paths.map((path) => basename(path, ".gemspec")));
  return (gem) => {
    if (installed.has(fullName(gem))) return true;
    const variant = `${fullName(gem)}-`;
    return gem.platform === "ruby" && [...installed].some((name) => name.startsWith(variant));
  };
}
