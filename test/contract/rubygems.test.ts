import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  parseGemPlatform,
  platformMatches,
  platformName,
} from "../../src/ruby/gems/gem-platform.ts";
import {
  compareGemVersions,
  isPrerelease,
  normalizeGemVersion,
} from "../../src/ruby/gems/gem-version.ts";
import { parseRubyVersion } from "../../src/ruby/versions/ruby-version.ts";

// What RubyGems and Bundler answered; scripts/lockfiles/oracle.ts asks them again.
const oracle = JSON.parse(
  readFileSync(join(import.meta.dirname, "oracle/rubygems.json"), "utf8"),
) as {
  ordered: string[];
  machines: string[];
  versions: [string, null | [version: string, prerelease: boolean]][];
  order: [string, string][];
  platforms: [string, string][];
  matches: [string, string][];
  rubies: [
    string,
    null | [engine: string, version: string, engineVersion: string, patch?: string],
  ][];
};

describe("Gem::Version", () => {
  test.each(oracle.versions)("reads %j as RubyGems does", (text, answer) => {
    expect(normalizeGemVersion(text)).toBe(answer?.[0]);
    if (answer) expect(isPrerelease(text)).toBe(answer[1]);
  });

  test.each(oracle.order)("orders %j among the others", (version, signs) => {
    const mine = oracle.ordered.map(
      (other) => "<=>"[Math.sign(compareGemVersions(version, other)) + 1],
    );
    expect(mine.join("")).toBe(signs);
  });
});

describe("Gem::Platform", () => {
  test.each(oracle.platforms)("reads %j as RubyGems does", (text, name) => {
    expect(platformName(parseGemPlatform(text))).toBe(name);
  });

  test.each(oracle.matches)("%j suits the machines that RubyGems says", (platform, signs) => {
    const mine = oracle.machines.map((machine) => signOf(() => platformMatches(platform, machine)));
    expect(mine.join("")).toBe(signs);
  });
});

describe("Bundler::RubyVersion", () => {
  test.each(oracle.rubies)("reads %j as Bundler does", (text, answer) => {
    const ruby = parseRubyVersion(text);
    const mine = ruby && [
      ruby.engine,
      ruby.version,
      ruby.engineVersion ?? ruby.version,
      ruby.patchLevel ?? null,
    ];
    const [engine, version, engineVersion, patch] = answer ?? [];
    // Bundler gives a prerelease, which has no patch level, the number -1.
    const expected = answer && [
      engine,
      version,
      engineVersion,
      patch === "-1" ? null : (patch ?? null),
    ];
    expect(mine ?? null).toEqual(expected);
  });
});

function signOf(ask: () => boolean): string {
  try {
    return ask() ? "1" : "0";
  } catch {
    return "?";
  }
}
