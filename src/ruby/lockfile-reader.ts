import { parseGemPlatform, platformName } from "./gem-platform.ts";
import { parseRequirement } from "./gem-requirement.ts";
import { normalizeGemVersion } from "./gem-version.ts";
import type {
  DirectDependency,
  GemfileLock,
  IgnoredLine,
  LockedChecksum,
  LockedDependency,
  LockedGem,
} from "./gemfile-lock.ts";
import { parseChecksum } from "./lockfile-checksum.ts";
import { MalformedLockfile, parseNameVersion, splitLines } from "./lockfile-line.ts";
import type { LockfileLine, NameVersion } from "./lockfile-line.ts";
import { addOption, makeSource, sourceKinds } from "./lockfile-source.ts";
import type { Source, SourceOptions } from "./lockfile-source.ts";
import { isBlank, isSpace, splitOn, strip } from "./ruby-text.ts";

/** Reads one line of a section. Returns why the line says nothing, where it does not. */
type ReadLine = (state: Reader, line: LockfileLine) => string | undefined;

interface Reader {
  sources: Source[];
  /** By name, version and platform: a second line for the same gem replaces the first. */
  specs: Map<string, LockedGem>;
  platforms: string[];
  dependencies: Map<string, DirectDependency>;
  rubyVersion: string | undefined;
  bundledWith: string | undefined;
  checksums: Map<string, LockedChecksum> | undefined;
  open: { kind: Source["kind"]; options: SourceOptions; source: Source | undefined } | undefined;
  /** Outlives its source, as in Bundler. */
  spec: LockedGem | undefined;
}

/**
 * Reads a lockfile without merge markers.
 *
 * @throws MalformedLockfile where Bundler refuses it.
 */
export function readLockfile(text: string): { lockfile: GemfileLock; ignored: IgnoredLine[] } {
  const state = newReader();
  const ignored: IgnoredLine[] = [];
  let read: ReadLine | "nothing" | "unknown" = "nothing";
  for (const [index, content] of splitLines(text).entries()) {
    if (isBlank(content)) continue;
    const line = { number: index + 1, text: content };
    let why: string | undefined;
    if (isSpace(content.charCodeAt(0))) {
      why = typeof read === "function" ? read(state, line) : undefined;
      if (read === "nothing") why = "it belongs to no section";
    } else {
      read = openSection(state, content) ?? "unknown";
      if (read === "unknown") why = "Bundler knows no such section";
    }
    if (why !== undefined) ignored.push({ line: line.number, text: content, why });
  }
  return { lockfile: lockfileOf(state), ignored };
}

function newReader(): Reader {
  return {
    sources: [],
    specs: new Map(),
    platforms: [],
    dependencies: new Map(),
    rubyVersion: undefined,
    bundledWith: undefined,
    checksums: undefined,
    open: undefined,
    spec: undefined,
  };
}

function openSection(state: Reader, header: string): ReadLine | undefined {
  const kind = sourceKinds.get(header);
  if (kind !== undefined) {
    state.open = { kind, options: new Map(), source: undefined };
    return readSourceLine;
  }
  if (header === "CHECKSUMS") state.checksums ??= new Map();
  return sections.get(header);
}

const sections = new Map<string, ReadLine>([
  ["PLATFORMS", readPlatform],
  ["DEPENDENCIES", readDependency],
  ["CHECKSUMS", readChecksums],
  ["RUBY VERSION", readRubyVersion],
  ["BUNDLED WITH", readBundledWith],
]);

function readSourceLine(state: Reader, line: LockfileLine): string | undefined {
  const { open } = state;
  if (!open) return "it belongs to no source";
  if (line.text === "  specs:") {
    open.source = makeSource(open.kind, open.options, line.number);
    state.sources.push(open.source);
    return undefined;
  }
  const option = /^ {2}([a-z]+): (.*)$/is.exec(line.text);
  if (option?.[1]) return addOption(open.kind, open.options, option[1], option[2] ?? "");
  return readSpecLine(state, line);
}

function readSpecLine(state: Reader, line: LockfileLine): string | undefined {
  const parts = parseNameVersion(line.text);
  if (parts?.indent === 4) return readSpec(state, parts, line);
  if (parts?.indent === 6) return readSpecDependency(state, parts, line);
  return "it is neither an option nor a gem";
}

function readSpec(state: Reader, parts: NameVersion, line: LockfileLine): string | undefined {
  const source = state.open?.source;
  const identity = identify(parts, line);
  if (!source) throw new MalformedLockfile(line.number, "a gem stands above `specs:`");
  state.spec = { ...identity, source, dependencies: [] };
  state.specs.set(fullName(identity), state.spec);
  return strayEnd(parts);
}

function readSpecDependency(
  state: Reader,
  parts: NameVersion,
  line: LockfileLine,
): string | undefined {
  const requirements = readRequirements(parts.version, line);
  if (!state.spec) throw new MalformedLockfile(line.number, "a dependency stands above its gem");
  state.spec.dependencies.push({ name: parts.name, requirements });
  return strayEnd(parts);
}

function readDependency(state: Reader, line: LockfileLine): string | undefined {
  const parts = parseNameVersion(line.text);
  if (parts?.indent !== 2) return "it is no dependency";
  const requirements = readRequirements(parts.version, line);
  const { name, pinned } = parts;
  state.dependencies.set(name, { name, requirements, pinned });
  return parts.rest === undefined ? undefined : `\`${parts.rest}\` is no part of a dependency`;
}

function readChecksums(state: Reader, line: LockfileLine): string | undefined {
  const parts = parseNameVersion(line.text);
  if (parts?.indent !== 2) return "it is no checksum";
  const identity = identify(parts, line);
  const key = fullName(identity);
  if (parts.name !== "bundler" && !state.specs.has(key)) return "no such gem is locked";
  const known = state.checksums?.get(key)?.digests ?? {};
  const digests = readDigests(parts.rest ?? "", known, line);
  state.checksums?.set(key, { ...identity, digests });
  return undefined;
}

function readDigests(
  text: string,
  known: Readonly<Record<string, string>>,
  line: LockfileLine,
): Record<string, string> {
  const digests = { ...known };
  for (const entry of splitOn(text, ",")) {
    const checksum = parseChecksum(entry);
    if (!checksum) throw new MalformedLockfile(line.number, `\`${entry}\` is no SHA-256 checksum`);
    const { algorithm, digest = "" } = checksum;
    if ((digests[algorithm] ?? digest) !== digest) {
      throw new MalformedLockfile(line.number, "another line has another checksum for this gem");
    }
    digests[algorithm] = digest;
  }
  return digests;
}

function readPlatform(state: Reader, line: LockfileLine): string | undefined {
  if (!line.text.startsWith("  ")) return "it is no platform";
  state.platforms.push(platformName(parseGemPlatform(strip(line.text))));
  return undefined;
}

function readRubyVersion(state: Reader, line: LockfileLine): string | undefined {
  state.rubyVersion = strip(line.text);
  return undefined;
}

function readBundledWith(state: Reader, line: LockfileLine): string | undefined {
  const version = normalizeGemVersion(strip(line.text));
  if (version === undefined) return "it is no version of Bundler";
  state.bundledWith = version;
  return undefined;
}

function identify(
  parts: NameVersion,
  line: LockfileLine,
): { name: string; version: string; platform: string } {
  const version = normalizeGemVersion(parts.version ?? "");
  if (version === undefined) {
    throw new MalformedLockfile(line.number, `\`${parts.version}\` is no version`);
  }
  const platform = platformName(parseGemPlatform(parts.platform ?? "ruby"));
  return { name: parts.name, version, platform };
}

function fullName(gem: { name: string; version: string; platform: string }): string {
  const suffix = gem.platform === "ruby" ? "" : `-${gem.platform}`;
  return `${gem.name}-${gem.version}${suffix}`;
}

function readRequirements(
  text: string | undefined,
  line: LockfileLine,
): LockedDependency["requirements"] {
  const parts = new Set(splitOn(text ?? "", ",").map(strip));
  if (parts.size === 0) return [">= 0"];
  return [...parts].map((part) => {
    const requirement = parseRequirement(part);
    if (requirement) return `${requirement.operator} ${requirement.version}`;
    throw new MalformedLockfile(line.number, `\`${part}\` is no requirement on a version`);
  });
}

function strayEnd(parts: NameVersion): string | undefined {
  const stray = parts.rest ?? (parts.pinned ? "!" : undefined);
  return stray === undefined ? undefined : `\`${stray}\` is no part of a gem`;
}

function lockfileOf(state: Reader): GemfileLock {
  const { sources, platforms, rubyVersion, bundledWith, checksums } = state;
  return {
    sources,
    specs: [...state.specs.values()],
    platforms,
    dependencies: [...state.dependencies.values()],
    ...(rubyVersion !== undefined && { rubyVersion }),
    ...(bundledWith !== undefined && { bundledWith }),
    ...(checksums && { checksums: [...checksums.values()] }),
  };
}
