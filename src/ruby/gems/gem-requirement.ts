import { normalizeGemVersion } from "./gem-version.ts";
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
