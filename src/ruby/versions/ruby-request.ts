import { rubyOfGemfile } from "./gemfile-ruby.ts";
import { jrubySeriesOf } from "./jruby-series.ts";
import { parseRubyVersion } from "./ruby-version.ts";
import type { LockedRuby } from "./ruby-version.ts";

/** A place that may say which Ruby the app needs. */
export interface RubyCandidate {
  /** Its name, in the user's words: `Gemfile.lock`, `the buildpack's default`. */
  source: string;
  /** The Ruby that it names, if it names one. */
  wish: LockedRuby | undefined;
  /** Its text, if that is not a version: `latest`, `system`. */
  unread?: string;
}

export interface RubyRequest {
  ruby: LockedRuby;
  source: string;
  /** Places of lower rank that name another Ruby, without the default. */
  disagreeing: RubyCandidate[];
}

/** The texts of the app's files; `undefined` if a file does not exist. */
export interface RubyVersionSources {
  lockfileName: string;
  lockedRuby: string | undefined;
  /** BP_RUBY_VERSION. */
  setting?: string | undefined;
  rubyVersionFile: string | undefined;
  toolVersionsFile: string | undefined;
  /** The version in `mise.toml`. */
  miseRuby?: string | undefined;
  gemfile: { name: string; text: string } | undefined;
  buildpackDefault: string;
}

/**
 * Every place, the highest rank first. The last one is the default, which always names a Ruby. The Gemfile counts only
 * if no other place names one and its `ruby` line does not accept the default.
 */
export function rubyCandidates(sources: RubyVersionSources): RubyCandidate[] {
  const { gemfile, buildpackDefault } = sources;
  const named = namingCandidates(sources);
  const isOpen = named.every(({ wish }) => wish === undefined);
  const wished = gemfile && isOpen ? rubyOfGemfile(gemfile.text, buildpackDefault) : undefined;
  return [
    ...named,
    ...(gemfile && wished !== undefined ? [candidate(gemfile.name, wished, fromName)] : []),
    candidate("the buildpack's default", `ruby ${buildpackDefault}`, parseRubyVersion),
  ];
}

function namingCandidates(sources: RubyVersionSources): RubyCandidate[] {
  const { lockfileName, lockedRuby, rubyVersionFile, toolVersionsFile } = sources;
  const setting = sources.setting?.trim() || undefined;
  return [
    candidate(lockfileName, lockedRuby, parseRubyVersion),
    candidate("BP_RUBY_VERSION", setting, fromName),
    candidate(".ruby-version", nameInRubyVersionFile(rubyVersionFile), fromName),
    candidate(".tool-versions", nameInToolVersions(toolVersionsFile), fromName),
    candidate("mise.toml", sources.miseRuby, fromName),
  ];
}

/**
 * Chooses the Ruby of an app: from the lockfile, or else BP_RUBY_VERSION, `.ruby-version`,
 * `.tool-versions`, `mise.toml`, the Gemfile or the buildpack's default (contract: Ruby version).
 */
export function chooseRuby(candidates: readonly RubyCandidate[]): RubyRequest {
  const winner = candidates.find((candidate) => candidate.wish !== undefined);
  if (winner?.wish === undefined) throw new Error("The buildpack's default Ruby is not a version");
  const { wish, source } = winner;
  const lower = candidates.slice(candidates.indexOf(winner) + 1, -1);
  const disagreeing = lower.filter((other) => other.wish && !agrees(other.wish, wish));
  return { ruby: wish, source, disagreeing };
}

/** A Ruby's name for users: `3.3.8`, `jruby 9.4.15.0`. */
export function rubyLabel(ruby: LockedRuby): string {
  if (ruby.engine === "ruby") return ruby.version;
  return `${ruby.engine} ${ruby.engineVersion ?? ruby.version}`;
}

// A file that names only a branch (`3.3`) agrees with any release of that branch.
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

// `3.3.8`, `ruby-3.3.8`, `ruby 3.3.8`, `jruby-9.4.15.0`, or with a gemset: `3.3.8@shop`.
function nameInRubyVersionFile(text: string | undefined): string | undefined {
  return text
    ?.split("\n")
    .map((line) => line.replace(/[#@].*/, "").trim())
    .find((line) => line !== "");
}

// One tool per line: `ruby 3.3.8`. More versions on the same line are fallbacks.
function nameInToolVersions(text: string | undefined): string | undefined {
  const lines = text?.split("\n").map((line) => line.replace(/#.*/, "").trim().split(/\s+/));
  return lines?.find(([tool, version]) => tool === "ruby" && version !== undefined)?.[1];
}

function fromName(name: string): LockedRuby | undefined {
  const match = /^(?:([a-z][a-z+]*)[- ])?(\d[0-9A-Za-z.-]*)$/.exec(name);
  if (!match?.[2]) return undefined;
  const [, engine = "ruby", written] = match;
  // Version managers write a dash before prereleases and patch levels, lockfiles `.rc1` and `p448`.
  const version = written.replace(/-(?=p\d)/, "").replace("-", ".");
  if (engine === "ruby") return parseRubyVersion(`ruby ${version}`);
  return { engine, version: languageOf(engine, version), engineVersion: version };
}

function languageOf(engine: string, version: string): string {
  return (engine === "jruby" ? jrubySeriesOf(version)?.ruby : undefined) ?? version;
}
