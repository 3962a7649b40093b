import { bumpOf, compareGemVersions, normalizeGemVersion, releaseOf } from "./gem-version.ts";
import { strip } from "./ruby-text.ts";

export type Operator = "=" | "!=" | ">" | "<" | ">=" | "<=" | "~>";

/** One condition on a version, as in `~> 2.1`. */
export interface GemRequirement {
  operator: Operator;
  version: string;
}

/** Reads one condition (Gem::Requirement.parse); `undefined` where the text is none. */
export function parseRequirement(text: string): GemRequirement | undefined {
  const match = /^(=|!=|>=|<=|~>|>|<)?[ \t-\r]*([0-9][^ \t-\r]*)$/.exec(strip(text));
  const version = text.includes("\0") ? undefined : normalizeGemVersion(match?.[2] ?? "\0");
  if (version === undefined) return undefined;
  return { operator: (match?.[1] ?? "=") as Operator, version };
}

/**
 * Whether a version meets every condition (Gem::Requirement#satisfied_by?). No condition is met by
 * every version; a prerelease is compared like any other version.
 *
 * @throws TypeError where the version or a condition cannot be read.
 * @example satisfies("3.1.4", ["~> 3.1", "!= 3.1.3"])
 */
export function satisfies(version: string, requirements: readonly string[]): boolean {
  return requirements.every((text) => {
    const requirement = parseRequirement(text);
    if (!requirement) throw new TypeError(`Not a requirement on a version: ${text}`);
    return holds[requirement.operator](version, requirement.version);
  });
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
