import { PackageURL } from "packageurl-js";

/**
 * The package URL of a gem. `platform` is as RubyGems writes it, and left out where it is `ruby`;
 * `vcsUrl` is where a gem comes from that no gem server has.
 */
export function gemUrl(
  gem: { name: string; version: string; platform: string },
  vcsUrl?: string,
): string {
  const qualifiers = {
    ...(gem.platform === "ruby" ? {} : { platform: gem.platform }),
    ...(vcsUrl === undefined ? {} : { vcs_url: vcsUrl }),
  };
  return new PackageURL("gem", undefined, gem.name, gem.version, qualifiers, undefined).toString();
}

/** The package URL of something that no package manager knows. */
export function genericUrl(name: string, version: string): string {
  return new PackageURL("generic", undefined, name, version, undefined, undefined).toString();
}
