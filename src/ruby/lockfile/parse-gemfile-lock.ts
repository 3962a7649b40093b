import { parseGemPlatform, platformName } from "../gems/gem-platform.ts";
import { normalizeGemVersion } from "../gems/gem-version.ts";
import type { GemfileLock, IgnoredLine, LockedChecksum } from "./gemfile-lock.ts";
import { readChecksumLine } from "./checksum.ts";
import { readDependency, readSourceLine } from "./gems.ts";
import { MalformedLockfile, splitLines } from "./line.ts";
import { sourceKinds } from "./source.ts";
import type { LockfileState, ReadLine, GemIdentity } from "./state.ts";
import { isBlank, isSpace, strip } from "../ruby-text.ts";

export type ParsedLockfile =
  | { kind: "lockfile"; lockfile: GemfileLock; ignored: IgnoredLine[] }
  | { kind: "refused"; reason: "merge-conflict" | "malformed"; line: number; problem: string };

/**
 * Reads a lockfile of any Bundler. Accepts what Bundler::LockfileParser accepts, with the same result, and
 * also returns every line that Bundler ignores silently.
 *
 * @param text the contents of the file, which must be valid UTF-8 as Bundler requires.
 */
export function parseGemfileLock(text: string): ParsedLockfile {
  const conflict = mergeMarker(text);
  if (conflict !== undefined) {
    const line = text.slice(0, conflict).split("\n").length;
    const problem = "it contains the markers of a merge conflict";
    return { kind: "refused", reason: "merge-conflict", line, problem };
  }
  try {
    return { kind: "lockfile", ...readLockfile(text) };
  } catch (error) {
    if (!(error instanceof MalformedLockfile)) throw error;
    return { kind: "refused", reason: "malformed", line: error.line, problem: error.message };
  }
}

/**
 * Reads a lockfile without merge markers.
 *
 * @throws MalformedLockfile if Bundler rejects it.
 */
function readLockfile(text: string): { lockfile: GemfileLock; ignored: IgnoredLine[] } {
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

const outsideSections: ReadLine = () => "it is not in a section";

// Only the header of an unknown section is reported, not its lines.
const unknownSection: ReadLine = (_, line) =>
  isSpace(line.text.charCodeAt(0)) ? undefined : "Bundler does not know this section";

const sections = new Map<string, ReadLine>([
  ["PLATFORMS", readPlatform],
  ["DEPENDENCIES", readDependency],
  ["CHECKSUMS", readChecksumLine],
  ["RUBY VERSION", readRubyVersion],
  ["BUNDLED WITH", readBundledWith],
]);

function readPlatform(state: LockfileState, { text }: { text: string }): string | undefined {
  if (!text.startsWith("  ")) return "it is not a platform";
  state.platforms.push(platformName(parseGemPlatform(strip(text))));
  return undefined;
}

function readRubyVersion(state: LockfileState, { text }: { text: string }): undefined {
  state.rubyVersion = strip(text);
}

function readBundledWith(state: LockfileState, { text }: { text: string }): string | undefined {
  const version = normalizeGemVersion(strip(text));
  if (version === undefined) return "it is not a version";
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
    ...(checksums && { checksums: [...checksums.values()].map(withDigests) }),
  };
}

function mergeMarker(text: string): number | undefined {
  const places = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].map((marker) => text.indexOf(marker));
  const found = places.filter((place) => place >= 0);
  return found.length > 0 ? Math.min(...found) : undefined;
}

function withDigests({
  digests,
  ...identity
}: GemIdentity & { digests: ReadonlyMap<string, string> }): LockedChecksum {
  return {
    ...identity,
    digests: [...digests].map(([algorithm, digest]) => ({ algorithm, digest })),
  };
}
