import { jrubySeriesOf } from "./jruby-series.ts";
import { parseRubyVersion } from "./ruby-version.ts";
import type { LockedRuby } from "./ruby-version.ts";

/** A place where an app may say which Ruby it wants, in the order of their rank. */
export interface RubyCandidate {
  /** The file, or what else stands for the wish: `Gemfile.lock`, `the buildpack's default`. */
  source: string;
  /** What it says, `undefined` where it names no Ruby. */
  wish: LockedRuby | undefined;
  /** What it says instead of a version: `latest`, `system`. */
  unread?: string;
}

export interface RubyRequest {
  ruby: LockedRuby;
  source: string;
  /** Candidates of lower rank that wish for another Ruby; not the default. */
  disagreeing: RubyCandidate[];
}

/** What the app's files say, as text; `undefined` for a file that is not there. */
export interface RubyVersionSources {
  lockfileName: string;
  lockedRuby: string | undefined;
  rubyVersionFile: string | undefined;
  toolVersionsFile: string | undefined;
  buildpackDefault: string;
}

/** Every candidate, of the highest rank first. The last one, the default, always has a wish. */
export function rubyCandidates(sources: RubyVersionSources): RubyCandidate[] {
  const { lockfileName, lockedRuby, rubyVersionFile, toolVersionsFile, buildpackDefault } = sources;
  return [
    candidate(lockfileName, lockedRuby, parseRubyVersion),
    candidate(".ruby-version", nameInRubyVersionFile(rubyVersionFile), fromName),
    candidate(".tool-versions", nameInToolVersions(toolVersionsFile), fromName),
    candidate("the buildpack's default", `ruby ${buildpackDefault}`, parseRubyVersion),
  ];
}

/**
 * Chooses the Ruby of an app: the lockfile wins, then `.ruby-version`, then `.tool-versions`, then
 * the buildpack's default (contract: Ruby version).
 */
export function chooseRuby(candidates: readonly RubyCandidate[]): RubyRequest {
  const winner = candidates.find((candidate) => candidate.wish !== undefined);
  if (winner?.wish === undefined) throw new Error("The buildpack's default Ruby is not a version");
  const { wish, source } = winner;
  const lower = candidates.slice(candidates.indexOf(winner) + 1, -1);
  const disagreeing = lower.filter((other) => other.wish && !agrees(other.wish, wish));
  return { ruby: wish, source, disagreeing };
}

/** The name under which people know a Ruby: `3.3.8`, `jruby 9.4.15.0`. */
export function rubyLabel(ruby: LockedRuby): string {
  if (ruby.engine === "ruby") return ruby.version;
  return `${ruby.engine} ${ruby.engineVersion ?? ruby.version}`;
}

// A file may name a branch only (`3.3`): then any release of that branch agrees with it.
function agrees(wish: LockedRuby, chosen: LockedRuby): boolean {
  const [wanted, had] = [rubyLabel(wish), rubyLabel(chosen)];
  return wish.engine === chosen.engine && (had === wanted || had.startsWith(`${wanted}.`));
}

function candidate(
  source: string,
  text: string | undefined,
  read: (text: string) => LockedRuby | undefined,
): RubyCandidate {
  const wish = text === undefined ? undefined : read(text);
  return { source, wish, ...(text !== undefined && !wish && { unread: text }) };
}

// `3.3.8`, `ruby-3.3.8`, `ruby 3.3.8`, `jruby-9.4.15.0`, perhaps with a gemset: `3.3.8@shop`.
function nameInRubyVersionFile(text: string | undefined): string | undefined {
  return text
    ?.split("\n")
    .map((line) => line.replace(/[#@].*/, "").trim())
    .find((line) => line !== "");
}

// `ruby 3.3.8`, one tool a line, further versions after the first are fallbacks.
function nameInToolVersions(text: string | undefined): string | undefined {
  const lines = text?.split("\n").map((line) => line.replace(/#.*/, "").trim().split(/\s+/));
  return lines?.find(([tool, version]) => tool === "ruby" && version !== undefined)?.[1];
}

function fromName(name: string): LockedRuby | undefined {
  const match = /^(?:([a-z][a-z+]*)[- ])?(\d[0-9A-Za-z.-]*)$/.exec(name);
  if (!match?.[2]) return undefined;
  const [, engine = "ruby", written] = match;
  // Version managers write prereleases and patch levels with a dash; lockfiles `.rc1` and `p448`.
  const version = written.replace(/-(?=p\d)/, "").replace("-", ".");
  if (engine === "ruby") return parseRubyVersion(`ruby ${version}`);
  return { engine, version: languageOf(engine, version), engineVersion: version };
}

function languageOf(engine: string, version: string): string {
  return (engine === "jruby" ? jrubySeriesOf(version)?.ruby : undefined) ?? version;
}
