import { PackageURL } from "packageurl-js";

/**
 * The package URL of a gem.
 *
 * @param gem its `platform` is RubyGems' name, and left out if it is `ruby`.
 * @param vcsUrl the repository of a gem that comes from git.
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

/** The package URL of an npm package; `name` may begin with a scope. */
export function npmUrl(name: string, version: string): string {
  const [scope, base] = name.startsWith("@") ? name.split("/") : [undefined, name];
  return new PackageURL("npm", scope, base ?? name, version, undefined, undefined).toString();
}

/** The package URL of something that no package manager provides. */
export function genericUrl(name: string, version: string): string {
  return new PackageURL("generic", undefined, name, version, undefined, undefined).toString();
}
