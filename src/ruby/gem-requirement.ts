import { bumpOf, compareGemVersions, normalizeGemVersion, releaseOf } from "./gem-version.ts";
import { trimSpace } from "./ruby-text.ts";

export type Operator = "=" | "!=" | ">" | "<" | ">=" | "<=" | "~>";

/** One condition for a version, such as `~> 2.1`. */
export interface GemRequirement {
  operator: Operator;
  version: string;
}

/** Reads one condition (Gem::Requirement.parse). `undefined` if the text is not a condition. */
export function parseRequirement(text: string): GemRequirement | undefined {
  const match = /^(=|!=|>=|<=|~>|>|<)?[ \t-\r]*([0-9][^ \t-\r]*)$/.exec(trimSpace(text));
  const version = match?.[2] === undefined ? undefined : normalizeGemVersion(match[2]);
  if (version === undefined) return undefined;
  return { operator: (match?.[1] ?? "=") as Operator, version };
}

/**
 * Whether a version satisfies every condition (Gem::Requirement#satisfied_by?). An empty list means `>= 0`.
 * Prereleases are compared like other versions.
 *
 * @throws TypeError if the version or a condition is not valid.
 * @example satisfies("3.1.4", ["~> 3.1", "!= 3.1.3"])
 */
export function satisfies(version: string, requirements: readonly string[]): boolean {
  const conditions = (requirements.length === 0 ? [">= 0"] : requirements).map(readCondition);
  return conditions.every(({ operator, version: wanted }) => holds[operator](version, wanted));
}

function readCondition(text: string): GemRequirement {
  const requirement = parseRequirement(text);
  if (!requirement) throw new TypeError(`Not a requirement on a version: ${text}`);
  return requirement;
}

const holds: Record<Operator, (version: string, wanted: string) => boolean> = {
  "=": (version, wanted) => compareGemVersions(version, wanted) === 0,
  "!=": (version, wanted) => compareGemVersions(version, wanted) !== 0,
  ">": (version, wanted) => compareGemVersions(version, wanted) > 0,
  "<": (version, wanted) => compareGemVersions(version, wanted) < 0,
  ">=": (version, wanted) => compareGemVersions(version, wanted) >= 0,
  "<=": (version, wanted) => compareGemVersions(version, wanted) <= 0,
  "~>": (version, wanted) =>
    compareGemVersions(version, wanted) >= 0 &&
    compareGemVersions(releaseOf(version), bumpOf(wanted)) < 0,
};
