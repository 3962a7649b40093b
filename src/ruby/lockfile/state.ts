import { parseGemPlatform, platformName } from "../gem-platform.ts";
import { normalizeGemVersion } from "../gem-version.ts";
import type { DirectDependency, LockedChecksum, LockedGem } from "./gemfile-lock.ts";
import { MalformedLockfile } from "./line.ts";
import type { LockfileLine, NameVersion } from "./line.ts";
import type { Source, SourceOptions } from "./source.ts";

/** What a lockfile has said so far. */
export interface LockfileState {
  sources: Source[];
  /** By {@link fullName}: a second line for the same gem replaces the first. */
  specs: Map<string, LockedGem>;
  platforms: string[];
  /** By name: here too the last line counts. */
  dependencies: Map<string, DirectDependency>;
  rubyVersion: string | undefined;
  bundledWith: string | undefined;
  checksums: Map<string, LockedChecksum> | undefined;
  open: { kind: Source["kind"]; options: SourceOptions; source: Source | undefined } | undefined;
  /** The gem that dependencies belong to; outlives its source, as in Bundler. */
  spec: LockedGem | undefined;
  /** What each text of requirements says. */
  requirements: Map<string, readonly string[]>;
}

/** Reads one line of a section. Returns why the line says nothing, where it does not. */
export type ReadLine = (state: LockfileState, line: LockfileLine) => string | undefined;

export interface GemIdentity {
  name: string;
  version: string;
  platform: string;
}

/**
 * Which gem a line is about. One without a version has, as in Bundler, version 0.
 *
 * @throws MalformedLockfile where its version is none.
 */
export function identify(parts: NameVersion, line: LockfileLine): GemIdentity {
  const version = normalizeGemVersion(parts.version ?? "");
  if (version === undefined) {
    throw new MalformedLockfile(line.number, `\`${parts.version}\` is no version`);
  }
  const { name, platform } = parts;
  return { name, version, platform: platform ? platformName(parseGemPlatform(platform)) : "ruby" };
}

/** The name under which RubyGems tells gems apart: `nokogiri-1.16.0-x86_64-linux`. */
export function fullName({ name, version, platform }: GemIdentity): string {
  return platform === "ruby" ? `${name}-${version}` : `${name}-${version}-${platform}`;
}
