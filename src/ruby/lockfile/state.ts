import { parseGemPlatform, platformName } from "../gems/gem-platform.ts";
import { normalizeGemVersion } from "../gems/gem-version.ts";
import type { DirectDependency, LockedGem } from "./gemfile-lock.ts";
import { MalformedLockfile } from "./line.ts";
import type { LockfileLine, NameVersion } from "./line.ts";
import type { Source, SourceOptions } from "./source.ts";

/** What has been read of a lockfile so far. */
export interface LockfileState {
  sources: Source[];
  /** By {@link fullName}. A second line for the same gem replaces the first one. */
  specs: Map<string, LockedGem>;
  platforms: string[];
  /** By name. The last line counts. */
  dependencies: Map<string, DirectDependency>;
  rubyVersion: string | undefined;
  bundledWith: string | undefined;
  /** By {@link fullName}, with the digest of each algorithm. */
  checksums: Map<string, GemIdentity & { digests: Map<string, string> }> | undefined;
  open: { kind: Source["kind"]; options: SourceOptions; source: Source | undefined } | undefined;
  /** The gem to which dependencies belong. Not reset at the end of a source, as in Bundler. */
  spec: LockedGem | undefined;
  /** Parsed requirements, by their text. */
  requirements: Map<string, readonly string[]>;
}

/** Reads one line of a section. Returns the reason if the line is ignored. */
export type ReadLine = (state: LockfileState, line: LockfileLine) => string | undefined;

export interface GemIdentity {
  name: string;
  version: string;
  platform: string;
}

/**
 * The gem that a line is about. Without a version it has version 0, as in Bundler.
 *
 * @throws MalformedLockfile if its version is not valid.
 */
export function identify(parts: NameVersion, line: LockfileLine): GemIdentity {
  const version = normalizeGemVersion(parts.version ?? "");
  if (version === undefined) {
    throw new MalformedLockfile(line.number, `\`${parts.version}\` is not a version`);
  }
  const { name, platform } = parts;
  return { name, version, platform: platform ? platformName(parseGemPlatform(platform)) : "ruby" };
}

/** RubyGems' full name of a gem: `nokogiri-1.16.0-x86_64-linux`. */
export function fullName({ name, version, platform }: GemIdentity): string {
  return platform === "ruby" ? `${name}-${version}` : `${name}-${version}-${platform}`;
}

/** Whether a gem's full name may be the name of a file: a lockfile can contain any text. */
export function isFileName(fullName: string): boolean {
  return /^\w[\w.-]*$/.test(fullName);
}
