import type { Target } from "../cnb/target.ts";
import { BuildpackError } from "../failure.ts";
import { compareGemVersions, isPrerelease, normalizeGemVersion } from "../ruby/gems/gem-version.ts";
import { describeBuiltFor, describeTarget, fitsTarget } from "./artifact.ts";
import type { Artifact } from "./artifact.ts";
import { branchOf } from "./ruby-branches.ts";

export interface ArtifactRequest {
  name: string;
  version: string;
  /** Where the version comes from, in the user's words: `Gemfile.lock`. */
  source: string;
  target: Target;
}

/**
 * The artifact to install for a target. The operator's win over the buildpack's; then one for the distribution over
 * a portable one, and that over source. A prerelease may be written with a dash (`3.5.0-preview1`).
 *
 * @throws BuildpackError `artifact/version-unknown` with the nearest versions for the target;
 *   `artifact/none-for-target` if the version exists only for other targets.
 */
export function resolveArtifact(
  inventory: readonly Artifact[],
  request: ArtifactRequest,
): Artifact {
  const { name, source, target } = request;
  const version = request.version.replaceAll("-", ".");
  const named = inventory.filter((artifact) => artifact.name === name);
  const versioned = named.filter((artifact) => artifact.version === version);
  const fitting = versioned.filter((artifact) => fitsTarget(artifact, target));
  const [best] = fitting.sort((a, b) => rank(a) - rank(b));
  if (best) return best;
  if (versioned.length === 0) {
    const available = named.filter((artifact) => fitsTarget(artifact, target));
    const nearest = nearestVersions(
      version,
      new Set(available.map((artifact) => artifact.version)),
    );
    throw new BuildpackError({ code: "artifact/version-unknown", name, version, source, nearest });
  }
  const offered = [...new Set(versioned.map(describeBuiltFor))];
  const wanted = describeTarget(target);
  throw new BuildpackError({
    code: "artifact/none-for-target",
    name,
    version,
    target: wanted,
    offered,
  });
}

/**
 * The newest release of a branch (`3.4`, `9.4`), the operator's before the buildpack's own. Prereleases do not
 * count. `undefined` if the branch has no release for the target, or if `version` is itself a release.
 */
export function newestOfBranch(
  inventory: readonly Artifact[],
  { name, version, target }: Omit<ArtifactRequest, "source">,
): string | undefined {
  const named = inventory.filter((artifact) => artifact.name === name);
  if (named.some((artifact) => artifact.version === version)) return undefined;
  const releases = named.filter(
    (artifact) =>
      artifact.version.startsWith(`${version}.`) &&
      !isPrerelease(artifact.version) &&
      fitsTarget(artifact, target),
  );
  const operators = releases.filter(({ origin }) => origin === "operator");
  const versions = (operators.length > 0 ? operators : releases).map(({ version }) => version);
  return versions.sort(compareGemVersions).at(-1);
}

/** The newest release of the same branch, if it is newer than `version`. */
export function newerPatch(
  inventory: readonly Artifact[],
  { name, version, target }: Omit<ArtifactRequest, "source">,
): string | undefined {
  const newest = inventory
    .filter((artifact) => artifact.name === name && fitsTarget(artifact, target))
    .map((artifact) => artifact.version)
    .filter((other) => branchOf(other) === branchOf(version) && !isPrerelease(other))
    .sort(compareGemVersions)
    .at(-1);
  return newest !== undefined && compareGemVersions(newest, version) > 0 ? newest : undefined;
}

const kindsInOrder: readonly Artifact["kind"][] = ["prebuilt", "portable", "source"];

function rank({ origin, kind }: Artifact): number {
  return (origin === "operator" ? 0 : kindsInOrder.length) + kindsInOrder.indexOf(kind);
}

/**
 * Up to three versions of the same branch, the newest of the next branch, and the newest of all; the newest first.
 */
function nearestVersions(wanted: string, available: ReadonlySet<string>): string[] {
  // A text that is not a version has no neighbours.
  const isVersion = normalizeGemVersion(wanted) !== undefined;
  const version = isVersion ? wanted : "0";
  const newestFirst = [...available].sort((a, b) => compareGemVersions(b, a));
  const releases = newestFirst.filter((other) => !isPrerelease(other) || isPrerelease(version));
  const branch = releases.filter((other) => branchOf(other) === branchOf(version));
  const others = newestOfEachBranch(releases.filter((other) => !branch.includes(other)));
  const next = others.findLast((other) => isVersion && compareGemVersions(other, version) > 0);
  const besides =
    next === undefined || next === others[0] ? others.slice(0, 2) : [...others.slice(0, 1), next];
  const chosen = [...closestTo(version, branch, 3), ...besides];
  return chosen.sort((a, b) => compareGemVersions(b, a));
}

/** The `count` versions around the place of `version` in the sorted list `newestFirst`. */
function closestTo(version: string, newestFirst: string[], count: number): string[] {
  const older = newestFirst.findIndex((other) => compareGemVersions(other, version) < 0);
  const place = older === -1 ? newestFirst.length : older;
  const start = Math.max(0, Math.min(place - Math.ceil(count / 2), newestFirst.length - count));
  return newestFirst.slice(start, start + count);
}

function newestOfEachBranch(newestFirst: string[]): string[] {
  const seen = new Set<string>();
  return newestFirst.filter((version) => {
    const branch = branchOf(version);
    return !isPrerelease(version) && !seen.has(branch) && seen.add(branch);
  });
}
