import { basename } from "node:path";
import glob from "fast-glob";
import type { LockedGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { fullName } from "../../ruby/lockfile/state.ts";
import type { Places } from "../installed.ts";

/** Says whether a locked gem is installed. A gem that is locked for any platform may be so in a variant for this one. */
export type IsInstalled = (gem: Pick<LockedGem, "name" | "version" | "platform">) => boolean;

/**
 * Finds the gems of the bundle, and Ruby's default gems, by the gemspecs that RubyGems has written. Ruby's other
 * gems do not count: Bundler does not see them, and installs them again.
 */
export async function findInstalledGems({
  gems,
  ruby,
}: Pick<Places, "gems" | "ruby">): Promise<IsInstalled> {
  const paths = [
    ...(await glob("specifications/*.gemspec", { cwd: gems })),
    ...(await glob("lib/ruby/gems/*/specifications/default/*.gemspec", { cwd: ruby })),
  ];
  const installed = new Set(paths.map((path) => basename(path, ".gemspec")));
  return (gem) => {
    if (installed.has(fullName(gem))) return true;
    const variant = `${fullName(gem)}-`;
    return gem.platform === "ruby" && [...installed].some((name) => name.startsWith(variant));
  };
}
