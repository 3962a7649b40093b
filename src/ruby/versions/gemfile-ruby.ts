import { type GemRequirement, isMetBy, parseRequirement } from "../gems/gem-requirement.ts";
import { compareGemVersions } from "../gems/gem-version.ts";

/**
 * The conditions of a Gemfile's `ruby` line, such as `ruby "~> 3.3.0"` or `ruby ">= 3.2", "< 3.4"`. `undefined` if it
 * has none, or one that only Ruby can evaluate: `ruby file: ".ruby-version"`, another engine, a variable.
 */
export function rubyRequirements(gemfile: string): GemRequirement[] | undefined {
  const line = gemfile.split("\n").find((text) => /^\s*ruby[\s("']/.test(text));
  if (line === undefined || line.length > longestLine) return undefined;
  const [, rest = ""] = /^ruby\s*\(?\s*(.*)$/.exec(line.trim()) ?? [];
  const words = /^(?:(?:"[^"]*"|'[^']*')(?:\s*,\s*(?="|')|\s*))+/.exec(rest)?.[0] ?? "";
  if (!/^\)?\s*(?:#.*|if .*)?$/.test(rest.slice(words.length))) return undefined;
  const texts = [...words.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, a, b]) => a ?? b ?? "");
  const requirements = texts.map(parseRequirement);
  return requirements.length > 0 && requirements.every((one) => one !== undefined)
    ? requirements
    : undefined;
}

const longestLine = 500;

/**
 * A Ruby that a Gemfile's `ruby` line asks for: a version, or a branch (`3.3`) whose newest release it accepts. It is
 * one that the line itself names. `undefined` if the line accepts `byDefault`, or no such Ruby is found.
 */
export function rubyOfGemfile(gemfile: string, byDefault: string): string | undefined {
  const requirements = rubyRequirements(gemfile) ?? [];
  const accepts = (version: string) => requirements.every((one) => isMetBy(one, version));
  if (accepts(byDefault)) return undefined;
  const named = requirements.flatMap(candidatesOf).filter(({ newest }) => accepts(newest));
  return named.sort((a, b) => compareGemVersions(b.newest, a.newest))[0]?.ruby;
}

interface Candidate {
  ruby: string;
  /** The version itself, or a version that is as new as the branch can get. */
  newest: string;
}

function candidatesOf({ operator, version }: GemRequirement): Candidate[] {
  const [major = "0", minor = "0"] = version.split(".");
  if (operator === "=" || operator === "<=") return [{ ruby: version, newest: version }];
  if (operator === "<") return Number(minor) > 0 ? [branch(major, Number(minor) - 1)] : [];
  return [branch(major, minor)];
}

function branch(major: string, minor: string | number): Candidate {
  return { ruby: `${major}.${minor}`, newest: `${major}.${minor}.9999` };
}
