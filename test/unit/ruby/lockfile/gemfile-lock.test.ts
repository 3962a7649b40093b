import { describe, expect, test } from "vitest";
import { findGem, parseGemfileLock } from "../../../../src/ruby/lockfile/gemfile-lock.ts";
import type { GemfileLock } from "../../../../src/ruby/lockfile/gemfile-lock.ts";

const text = `GIT
  remote: https://git.example.com/rails.git
  revision: 0123456789abcdef
  specs:
    railties (8.1.0.beta1)
      thor (~> 1.0, >= 1.2.2)

GEM
  remote: https://gems.example.com/
  specs:
    nokogiri (1.18.0)
    nokogiri (1.18.0-x86_64-linux-gnu)
      racc (~> 1.4)
    thor (1.4.0)

PLATFORMS
  ruby
  x86_64-linux

DEPENDENCIES
  nokogiri (>= 1.16)
  railties!

RUBY VERSION
   ruby 3.3.8p144

BUNDLED WITH
   4.0.0.beta2
`;

describe("a lockfile", () => {
  test("says what is locked, from where, for which platforms, Ruby and Bundler", () => {
    const { specs, ...rest } = read(text);
    expect(rest).toMatchObject({
      platforms: ["ruby", "x86_64-linux"],
      dependencies: [
        { name: "nokogiri", requirements: [">= 1.16"], pinned: false },
        { name: "railties", requirements: [">= 0"], pinned: true },
      ],
      rubyVersion: "ruby 3.3.8p144",
      bundledWith: "4.0.0.beta2",
    });
    expect(specs.map(({ name, version, platform }) => [name, version, platform])).toEqual([
      ["railties", "8.1.0.beta1", "ruby"],
      ["nokogiri", "1.18.0", "ruby"],
      ["nokogiri", "1.18.0", "x86_64-linux-gnu"],
      ["thor", "1.4.0", "ruby"],
    ]);
  });

  test("finds a gem from whatever source it comes", () => {
    const railties = findGem(read(text), "railties");
    expect(railties).toMatchObject({
      source: { kind: "git" },
      dependencies: [{ name: "thor", requirements: ["~> 1.0", ">= 1.2.2"] }],
    });
    expect(findGem(read(text), "rails")).toBeUndefined();
  });

  test("reads the same with the line ends of Windows", () => {
    expect(parseGemfileLock(text.replaceAll("\n", "\r\n"))).toEqual(parseGemfileLock(text));
  });

  test("may leave out its Ruby, its Bundler and its checksums", () => {
    const lockfile = read("GEM\n  specs:\n    rack (3.0)\n");
    expect(Object.keys(lockfile)).toEqual(["sources", "specs", "platforms", "dependencies"]);
  });

  test.each([
    ["<<<<<<< HEAD", 14],
    ["=======", 14],
    ["||||||| base", 14],
    [">>>>>>> topic", 14],
  ])("with the merge marker %s is refused at its line", (marker, line) => {
    const conflicting = text.replace("    thor (1.4.0)", `${marker}\n    thor (1.4.0)`);
    expect(parseGemfileLock(conflicting)).toMatchObject({
      kind: "refused",
      reason: "merge-conflict",
      line,
    });
  });

  test("with a version that is none is refused at its line", () => {
    expect(parseGemfileLock(text.replace("1.4.0", "one"))).toEqual({
      kind: "refused",
      reason: "malformed",
      line: 14,
      problem: "`one` is no version",
    });
  });

  test("with a requirement that is none is refused at its line", () => {
    expect(parseGemfileLock(text.replace("~> 1.4", "around 1.4"))).toMatchObject({
      kind: "refused",
      line: 13,
      problem: "`around 1.4` is no requirement on a version",
    });
  });

  test("with gems outside any source is refused", () => {
    expect(parseGemfileLock(text.replaceAll("  specs:\n", ""))).toMatchObject({ kind: "refused" });
  });

  test("names what it does not understand, an unknown section by its header alone", () => {
    const odd = `  astray\n${text}\nFUTURE\n  one\n  two\n\nBUNDLED WITH\n   newest\n`;
    expect(parseGemfileLock(odd)).toMatchObject({
      lockfile: { bundledWith: "4.0.0.beta2" },
      ignored: [
        { line: 1, text: "  astray", why: "it belongs to no section" },
        { line: 31, text: "FUTURE", why: "Bundler knows no such section" },
        { line: 36, text: "   newest", why: "it is no version of Bundler" },
      ],
    });
  });

  test("may be empty, or no lockfile at all, which then is all ignored", () => {
    expect(parseGemfileLock("")).toMatchObject({ kind: "lockfile", ignored: [] });
    const [ignored] = ["Dear reader"].map((line) => parseGemfileLock(line));
    expect(ignored).toMatchObject({ lockfile: { specs: [] }, ignored: [{ text: "Dear reader" }] });
  });

  test("takes names from JavaScript's own objects for names", () => {
    const lockfile = read("GEM\n  specs:\n    __proto__ (1.0)\n    constructor (2.0)\n");
    expect(findGem(lockfile, "__proto__")?.version).toBe("1.0");
    expect(findGem(lockfile, "toString")).toBeUndefined();
  });
});

function read(lockfile: string): GemfileLock {
  const parsed = parseGemfileLock(lockfile);
  if (parsed.kind === "refused") throw new Error(parsed.problem);
  return parsed.lockfile;
}
