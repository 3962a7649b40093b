import type { GemfileLock, LockedChecksum, LockedGem } from "./gemfile-lock.ts";
import { fullName } from "./state.ts";

/** The SHA-256 of a gem's `.gem` file in hex, if the lockfile has one. */
export function sha256Of(
  { checksums }: GemfileLock,
  gem: Pick<LockedGem, "name" | "version" | "platform">,
): string | undefined {
  return checksums && sha256ByGem(checksums).get(fullName(gem));
}

function sha256ByGem(checksums: readonly LockedChecksum[]): ReadonlyMap<string, string> {
  const known = readChecksums.get(checksums);
  if (known) return known;
  const found = new Map<string, string>();
  for (const { digests, ...gem } of checksums) {
    const digest = digests.find(({ algorithm }) => algorithm === "sha256")?.digest;
    const name = fullName(gem);
    if (digest !== undefined && !found.has(name)) found.set(name, digest);
  }
  readChecksums.set(checksums, found);
  return found;
}

// Lockfiles with thousands of gems are asked for each of them.
const readChecksums = new WeakMap<readonly LockedChecksum[], ReadonlyMap<string, string>>();
