import { readLockfile } from "./reader.ts";
import { MalformedLockfile } from "./line.ts";
import type { Source } from "./source.ts";

export interface LockedDependency {
  name: string;
  /** At least one, `>= 0` where nothing is asked: `["~> 7.1", ">= 7.1.2"]`. */
  requirements: readonly string[];
}

/** A gem that the lockfile chose. */
export interface LockedGem {
  name: string;
  version: string;
  /** As RubyGems writes it, `ruby` for a gem that suits any machine. */
  platform: string;
  source: Source;
  dependencies: LockedDependency[];
}

/** A gem that the Gemfile names. */
export interface DirectDependency extends LockedDependency {
  /** Whether the Gemfile says where it comes from (`!` in the lockfile). */
  pinned: boolean;
}

export interface LockedDigest {
  algorithm: string;
  /** In hex where the algorithm is `sha256`, else as it is written. */
  digest: string;
}

export interface LockedChecksum {
  name: string;
  version: string;
  platform: string;
  /** One for each algorithm; none where the lockfile has a line but no checksum. */
  digests: readonly LockedDigest[];
}

/** A Gemfile.lock, as Bundler reads it. */
export interface GemfileLock {
  sources: Source[];
  /** In the lockfile's order; one gem may stand here once for each of several platforms. */
  specs: LockedGem[];
  platforms: string[];
  dependencies: DirectDependency[];
  /** The line under RUBY VERSION; {@link parseRubyVersion} reads it. */
  rubyVersion?: string;
  bundledWith?: string;
  /** `undefined` where the lockfile has no section CHECKSUMS. */
  checksums?: LockedChecksum[];
}

/** A line that is no part of a lockfile, and that Bundler passes over in silence. */
export interface IgnoredLine {
  line: number;
  text: string;
  why: string;
}

export type ParsedLockfile =
  | { kind: "lockfile"; lockfile: GemfileLock; ignored: IgnoredLine[] }
  | { kind: "refused"; reason: "merge-conflict" | "malformed"; line: number; problem: string };

/**
 * Reads a lockfile of any Bundler. It accepts what Bundler::LockfileParser accepts, with the same
 * result, and names every line that Bundler passes over in silence.
 *
 * @param text the file, decoded strictly: Bundler refuses what is not UTF-8.
 */
export function parseGemfileLock(text: string): ParsedLockfile {
  const conflict = mergeMarker(text);
  if (conflict !== undefined) {
    const line = text.slice(0, conflict).split("\n").length;
    const problem = "it contains the markers of a merge conflict";
    return { kind: "refused", reason: "merge-conflict", line, problem };
  }
  try {
    return { kind: "lockfile", ...readLockfile(text) };
  } catch (error) {
    if (!(error instanceof MalformedLockfile)) throw error;
    return { kind: "refused", reason: "malformed", line: error.line, problem: error.message };
  }
}

/** The locked gem of a name, from whatever source; the first, where platforms have their own. */
export function findGem(lockfile: GemfileLock, name: string): LockedGem | undefined {
  return lockfile.specs.find((spec) => spec.name === name);
}

function mergeMarker(text: string): number | undefined {
  const places = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].map((marker) => text.indexOf(marker));
  const found = places.filter((place) => place >= 0);
  return found.length > 0 ? Math.min(...found) : undefined;
}
