import { compareGemVersions } from "./gems/gem-version.ts";

// The newest Bundler that runs on a Ruby older than a version.
const lastBundlerFor: readonly (readonly [rubyBefore: string, bundler: string])[] = [
  ["2.3.0", "1.17.3"],
  ["2.6.0", "2.3.27"],
  ["3.0.0", "2.4.22"],
  ["3.1.0", "2.5.23"],
  ["3.2.0", "2.6.9"],
];

/**
 * The Bundler for an app whose lockfile names none: the buildpack's default, or the last version that runs
 * on the app's Ruby if the default does not.
 */
export function defaultBundlerFor(rubyVersion: string, buildpackDefault: string): string {
  const last = newestBundlerFor(rubyVersion);
  if (last === undefined) return buildpackDefault;
  return compareGemVersions(last, buildpackDefault) < 0 ? last : buildpackDefault;
}

/** The newest Bundler that runs on a Ruby, `undefined` if that is the newest of all. */
export function newestBundlerFor(rubyVersion: string): string | undefined {
  return lastBundlerFor.find(
    ([rubyBefore]) => compareGemVersions(rubyVersion, rubyBefore) < 0,
  )?.[1];
}
