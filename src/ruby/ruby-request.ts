import { parseRubyVersion } from "./ruby-version.ts";
import type { LockedRuby } from "./ruby-version.ts";

/** A place where an app may say which Ruby it wants, in the order of their rank. */
export interface RubyCandidate {
  /** The file, or what else stands for the wish: `Gemfile.lock`, `the buildpack's default`. */
  source: string;
  /** What it says, `undefined` where it says nothing. */
  wish: LockedRuby | undefined;
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
  return [
    { source: sources.lockfileName, wish: wishOf(sources.lockedRuby) },
    { source: ".ruby-version", wish: readRubyVersionFile(sources.rubyVersionFile) },
    { source: ".tool-versions", wish: readToolVersions(sources.toolVersionsFile) },
    { source: "the buildpack's default", wish: wishOf(`ruby ${sources.buildpackDefault}`) },
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

function wishOf(line: string | undefined): LockedRuby | undefined {
  return line === undefined ? undefined : parseRubyVersion(line);
}

// `3.3.8`, `ruby-3.3.8`, `ruby 3.3.8`, `jruby-9.4.15.0`; rbenv takes the first word of the file.
function readRubyVersionFile(text: string | undefined): LockedRuby | undefined {
  const word = text
    ?.split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .find((line) => line !== "");
  return word === undefined ? undefined : fromName(word.replace(/@.*/, ""));
}

// `ruby 3.3.8`, one tool a line, further versions after the first are fallbacks.
function readToolVersions(text: string | undefined): LockedRuby | undefined {
  const line = text?.split("\n").find((candidate) => /^\s*ruby\s+\S/.test(candidate));
  const name = line?.replace(/#.*/, "").trim().split(/\s+/)[1];
  return name === undefined ? undefined : fromName(name);
}

function fromName(name: string): LockedRuby | undefined {
  const match = /^(?:([a-z]+)[- ])?(\d[0-9A-Za-z.-]*)$/.exec(name);
  if (!match?.[2]) return undefined;
  const engine = match[1] ?? "ruby";
  // Version managers write prereleases with a dash, as upstream's tags do; lockfiles with a dot.
  const version = match[2].replace("-", ".");
  if (engine === "ruby") return parseRubyVersion(`ruby ${version}`);
  return { engine, version, engineVersion: version };
}
