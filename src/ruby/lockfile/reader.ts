import { parseGemPlatform, platformName } from "../gem-platform.ts";
import { normalizeGemVersion } from "../gem-version.ts";
import type { GemfileLock, IgnoredLine } from "./gemfile-lock.ts";
import { readChecksumLine } from "./checksum.ts";
import { readDependency, readSourceLine } from "./gems.ts";
import { splitLines } from "./line.ts";
import { sourceKinds } from "./source.ts";
import type { LockfileState, ReadLine } from "./state.ts";
import { isBlank, isSpace, strip } from "../ruby-text.ts";

/**
 * Reads a lockfile without merge markers.
 *
 * @throws MalformedLockfile where Bundler refuses it.
 */
export function readLockfile(text: string): { lockfile: GemfileLock; ignored: IgnoredLine[] } {
  const state = emptyState();
  const ignored: IgnoredLine[] = [];
  let read: ReadLine = outsideSections;
  for (const [index, content] of splitLines(text).entries()) {
    if (isBlank(content)) continue;
    const line = { number: index + 1, text: content };
    const inside = isSpace(content.charCodeAt(0));
    if (!inside) read = openSection(state, content);
    const why = inside || read === unknownSection ? read(state, line) : undefined;
    if (why !== undefined) ignored.push({ line: line.number, text: content, why });
  }
  return { lockfile: lockfileOf(state), ignored };
}

function emptyState(): LockfileState {
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
    requirements: new Map(),
  };
}

function openSection(state: LockfileState, header: string): ReadLine {
  const kind = sourceKinds.get(header);
  if (kind !== undefined) {
    state.open = { kind, options: new Map(), source: undefined };
    return readSourceLine;
  }
  if (header === "CHECKSUMS") state.checksums ??= new Map();
  return sections.get(header) ?? unknownSection;
}

const outsideSections: ReadLine = () => "it belongs to no section";

// The header alone is worth a word, what follows it is not.
const unknownSection: ReadLine = (_, line) =>
  isSpace(line.text.charCodeAt(0)) ? undefined : "Bundler knows no such section";

const sections = new Map<string, ReadLine>([
  ["PLATFORMS", readPlatform],
  ["DEPENDENCIES", readDependency],
  ["CHECKSUMS", readChecksumLine],
  ["RUBY VERSION", readRubyVersion],
  ["BUNDLED WITH", readBundledWith],
]);

function readPlatform(state: LockfileState, { text }: { text: string }): string | undefined {
  if (!text.startsWith("  ")) return "it is no platform";
  state.platforms.push(platformName(parseGemPlatform(strip(text))));
  return undefined;
}

function readRubyVersion(state: LockfileState, { text }: { text: string }): undefined {
  state.rubyVersion = strip(text);
}

function readBundledWith(state: LockfileState, { text }: { text: string }): string | undefined {
  const version = normalizeGemVersion(strip(text));
  if (version === undefined) return "it is no version of Bundler";
  state.bundledWith = version;
  return undefined;
}

function lockfileOf(state: LockfileState): GemfileLock {
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
