import { platformMatches } from "../../../ruby/gems/gem-platform.ts";
import { compareGemVersions } from "../../../ruby/gems/gem-version.ts";
import type { GemfileLock, LockedGem } from "../../../ruby/lockfile/gemfile-lock.ts";
import { sha256Of } from "../../../ruby/lockfile/sha256-of.ts";
import type { GitSource } from "../../../ruby/lockfile/source.ts";
import { fullName, isFileName } from "../../../ruby/lockfile/state.ts";
import type { IsInstalled } from "../installed-gems.ts";

/** A locked gem that is not installed. */
export interface GemToDownload {
  name: string;
  version: string;
  /** The gem server that the lockfile names for it. */
  remote: string;
  /** The variants to download. `undefined` if Bundler chooses among all variants that the server has for this machine. */
  variants: GemVariant[] | undefined;
}

export interface GemVariant {
  /** RubyGems' name of the platform; `ruby` for a gem that can be installed anywhere. */
  platform: string;
  /** In hex, if it is known. */
  sha256: string | undefined;
}

export interface GemsToDownloadRequest {
  locked: GemfileLock;
  /** RubyGems' name of the platform that gems are installed for. */
  platform: string;
  /** Gems that only groups which are not installed need. */
  leftOut: ReadonlySet<string>;
  isInstalled: IsInstalled;
  bundlerVersion: string;
  /** Whether the commit of a git source is checked out. */
  isCheckedOut: (source: GitSource) => boolean;
}

/**
 * The gems that `bundle install` would download. `undefined` if Bundler has to ask a server anyway (a git source that is not
 * checked out, a plugin), or if the lockfile does not say which of several servers has a gem.
 */
export function gemsToDownload(request: GemsToDownloadRequest): GemToDownload[] | undefined {
  const { locked, leftOut } = request;
  const wanted = locked.specs.filter(({ name }) => !leftOut.has(name));
  const found: GemToDownload[] = [];
  for (const specs of Map.groupBy(wanted, ({ name, version }) => `${name}-${version}`).values()) {
    const gem = gemToDownload(specs, request);
    if (gem === "unknown") return undefined;
    if (gem !== "nothing") found.push(gem);
  }
  return found;
}

/** @param specs - one version of a gem: a line of the lockfile for each platform. */
function gemToDownload(
  specs: readonly LockedGem[],
  { locked, platform, bundlerVersion, isInstalled, isCheckedOut }: GemsToDownloadRequest,
): GemToDownload | "nothing" | "unknown" {
  const variants = variantsFor(platform, specs);
  const [first] = variants;
  if (first === undefined) return "nothing";
  const { name, version, source } = first;
  if (source.kind === "path") return "nothing";
  if (source.kind === "git") return isCheckedOut(source) ? "nothing" : "unknown";
  if (variants.some(isInstalled)) return "nothing";
  const [remote, another] = source.kind === "gem" ? source.remotes : [];
  if (remote === undefined || another !== undefined) return "unknown";
  if (!variants.every((gem) => isFileName(fullName(gem)))) return "unknown";
  const isChosenByLockfile =
    hasPlatform(locked, platform) && compareGemVersions(bundlerVersion, "2.2.0.a") >= 0;
  if (first.platform === "ruby" && !isChosenByLockfile) {
    return { name, version, remote, variants: undefined };
  }
  const known = variants.map((gem) => ({ platform: gem.platform, sha256: sha256Of(locked, gem) }));
  return { name, version, remote, variants: known };
}

/** Variants that were built for the machine, or else the one for any machine. */
function variantsFor(platform: string, specs: readonly LockedGem[]): LockedGem[] {
  const suitable = specs.filter((gem) => platformMatches(gem.platform, platform));
  const built = suitable.filter((gem) => gem.platform !== "ruby");
  return built.length > 0 ? built : suitable;
}

/** Whether the lockfile was made for this platform, so that it names the variants that Bundler installs. */
function hasPlatform({ platforms }: GemfileLock, wanted: string): boolean {
  return platforms.some((platform) => platform !== "ruby" && platformMatches(platform, wanted));
}
