import { BuildpackError } from "../../failure.ts";
import { unverifiedGems } from "../../ruby/lockfile/unverified-gems.ts";
import type { Settings } from "../../settings.ts";
import type { Project } from "./read-project.ts";

/**
 * With `BP_REQUIRE_CHECKSUMS`, makes sure that Bundler can verify every gem that it downloads.
 *
 * @throws BuildpackError `app/checksums-missing`.
 */
export function requireChecksums(
  { locked, lockfile }: Pick<Project, "locked" | "lockfile">,
  settings: Pick<Settings, "BP_REQUIRE_CHECKSUMS">,
): void {
  if (!settings.BP_REQUIRE_CHECKSUMS) return;
  const gems = unverifiedGems(locked);
  if (gems.length === 0) return;
  throw new BuildpackError({ code: "app/checksums-missing", lockfile, gems });
}
