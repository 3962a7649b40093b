import type { GemfileLock } from "./gemfile-lock.ts";
import { fullName } from "./state.ts";

/**
 * The gems of gem servers for which a lockfile has no SHA-256 checksum, so that Bundler cannot verify them.
 * Gems from git are verified by their revision, and gems of the app need not be.
 */
export function unverifiedGems({ specs, checksums = [] }: GemfileLock): string[] {
  const verified = new Set(
    checksums
      .filter(({ digests }) => digests.some(({ algorithm }) => algorithm === "sha256"))
      .map(fullName),
  );
  return specs
    .filter(({ source }) => source.kind === "gem" || source.kind === "plugin")
    .map(fullName)
    .filter((name) => !verified.has(name));
}
