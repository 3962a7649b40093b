import type { Source } from "./source.ts";

export interface LockedDependency {
  name: string;
  /** At least one: `["~> 7.1", ">= 7.1.2"]`, or `[">= 0"]` for any version. */
  requirements: readonly string[];
}

/** A locked gem. */
export interface LockedGem {
  name: string;
  version: string;
  /** RubyGems' name of the platform; `ruby` for a gem that can be installed anywhere. */
  platform: string;
  source: Source;
  dependencies: LockedDependency[];
}

/** A gem that the Gemfile names. */
export interface DirectDependency extends LockedDependency {
  /** Whether the Gemfile names its source (`!` in the lockfile). */
  pinned: boolean;
}

export interface LockedDigest {
  algorithm: string;
  /** In hex if the algorithm is `sha256`, else as in the lockfile. */
  digest: string;
}

export interface LockedChecksum {
  name: string;
  version: string;
  platform: string;
  /** One for each algorithm. Empty if the line has no checksum. */
  digests: readonly LockedDigest[];
}

/** A Gemfile.lock, as Bundler reads it. */
export interface GemfileLock {
  sources: Source[];
  /** In the lockfile's order. A gem may occur once for each platform. */
  specs: LockedGem[];
  platforms: string[];
  dependencies: DirectDependency[];
  /** The line under RUBY VERSION. {@link parseRubyVersion} reads it. */
  rubyVersion?: string;
  bundledWith?: string;
  /** `undefined` if the lockfile has no section CHECKSUMS. */
  checksums?: LockedChecksum[];
}

/** A line that Bundler ignores silently. */
export interface IgnoredLine {
  line: number;
  text: string;
  why: string;
}

/** The locked gem of a name, from any source. The first one, if there are several platforms. */
export function findGem(lockfile: GemfileLock, name: string): LockedGem | undefined {
  return lockfile.specs.find((spec) => spec.name === name);
}
