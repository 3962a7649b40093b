import { compareGemVersions, isPrerelease, normalizeGemVersion } from "./gem-version.ts";
import { trimSpace } from "../ruby-text.ts";

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

/** Whether a version meets a condition (Gem::Requirement#satisfied_by?). `~> 3.3.0` is met by 3.3.x, `~> 3.3` by 3.x. */
export function isMetBy({ operator, version: wanted }: GemRequirement, version: string): boolean {
  const order = compareGemVersions(version, wanted);
  if (operator === "=") return order === 0;
  if (operator === "!=") return order !== 0;
  if (operator === ">") return order > 0;
  if (operator === "<") return order < 0;
  if (operator === ">=") return order >= 0;
  if (operator === "<=") return order <= 0;
  return order >= 0 && compareGemVersions(releaseOf(version), bump(wanted)) < 0;
}

/** The first version that `~>` does not accept (Gem::Version#bump): 4 for `3.3`, 3.4 for `3.3.0`. */
function bump(version: string): string {
  const numbers = numbersOf(version);
  const kept = numbers.length > 1 ? numbers.slice(0, -1) : numbers;
  return kept.map((part, index) => (index === kept.length - 1 ? part + 1n : part)).join(".");
}

/** A prerelease counts as its release (Gem::Version#release). */
function releaseOf(version: string): string {
  return isPrerelease(version) ? numbersOf(version).join(".") : version;
}

/** The numbers before the first word. */
function numbersOf(version: string): bigint[] {
  const parts = version.split(/[.-]/);
  const end = parts.findIndex((part) => !/^\d+$/.test(part));
  return parts.slice(0, end < 0 ? parts.length : end).map(BigInt);
}
