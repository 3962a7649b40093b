import { parseRequirement } from "../gems/gem-requirement.ts";
import { MalformedLockfile, parseNameVersion } from "./line.ts";
import type { LockfileLine, NameVersion } from "./line.ts";
import { addOption, makeSource } from "./source.ts";
import { fullName, identify } from "./state.ts";
import type { LockfileState } from "./state.ts";
import { splitOn, strip } from "../ruby-text.ts";

/**
 * Reads a line of GEM, GIT, PATH or PLUGIN SOURCE: an option, a gem or a dependency of a gem.
 *
 * @throws MalformedLockfile if Bundler rejects it.
 */
export function readSourceLine(state: LockfileState, line: LockfileLine): string | undefined {
  if (line.text.startsWith("    ")) return readGem(state, line);
  if (line.text === "  specs:") return openSpecs(state, line);
  const option = /^ {2}([a-z]+): (.*)$/is.exec(line.text);
  if (!state.open || !option?.[1]) return "it is not an option or a gem";
  return addOption(state.open.kind, state.open.options, option[1], option[2] ?? "");
}

/** Reads a line of DEPENDENCIES. */
export function readDependency(state: LockfileState, line: LockfileLine): string | undefined {
  const parts = parseNameVersion(line.text);
  if (parts?.indent !== 2) return "it is not a dependency";
  const { name, pinned, rest } = parts;
  const requirements = readRequirements(state, parts.version, line);
  state.dependencies.set(name, { name, requirements, pinned });
  return rest === undefined ? undefined : `\`${rest}\` is not part of a dependency`;
}

function openSpecs({ open, sources }: LockfileState, line: LockfileLine): undefined {
  if (!open) return;
  open.source = makeSource(open.kind, open.options, line.number);
  sources.push(open.source);
}

function readGem(state: LockfileState, line: LockfileLine): string | undefined {
  const parts = parseNameVersion(line.text);
  if (parts?.indent === 4) addSpec(state, parts, line);
  else if (parts?.indent === 6) addSpecDependency(state, parts, line);
  else return "it is not a gem or a dependency of a gem";
  const stray = parts.rest ?? (parts.pinned ? "!" : undefined);
  return stray === undefined ? undefined : `\`${stray}\` is not part of a gem`;
}

function addSpec(state: LockfileState, parts: NameVersion, line: LockfileLine): void {
  const { name, version, platform } = identify(parts, line);
  const source = state.open?.source;
  if (!source) throw new MalformedLockfile(line.number, "a gem comes before `specs:`");
  state.spec = { name, version, platform, source, dependencies: [] };
  state.specs.set(fullName(state.spec), state.spec);
}

function addSpecDependency(state: LockfileState, parts: NameVersion, line: LockfileLine): void {
  const requirements = readRequirements(state, parts.version, line);
  if (!state.spec) throw new MalformedLockfile(line.number, "a dependency comes before its gem");
  state.spec.dependencies.push({ name: parts.name, requirements });
}

// Most lines contain one of a few requirements, so parsed ones are kept.
function readRequirements(
  state: LockfileState,
  text: string | undefined,
  line: LockfileLine,
): readonly string[] {
  if (text === undefined) return anyVersion;
  const known = state.requirements.get(text);
  if (known) return known;
  const requirements = parseRequirements(text, line);
  state.requirements.set(text, requirements);
  return requirements;
}

function parseRequirements(text: string, line: LockfileLine): readonly string[] {
  const parts = new Set(splitOn(text, ",").map(strip));
  if (parts.size === 0) return anyVersion;
  return [...parts].map((part) => {
    const requirement = parseRequirement(part);
    if (requirement) return `${requirement.operator} ${requirement.version}`;
    throw new MalformedLockfile(line.number, `\`${part}\` is not a version requirement`);
  });
}

const anyVersion: readonly string[] = [">= 0"];
