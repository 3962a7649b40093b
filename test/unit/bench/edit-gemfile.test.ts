import { describe, expect, test } from "vitest";
import { newerRuby, withGem, withRuby } from "../../bench/builds/edit-gemfile.ts";
import { parseGemfileLock } from "../../../src/ruby/lockfile/parse-gemfile-lock.ts";

const lockfile = `GIT
  remote: https://github.com/rack/zebra.git
  revision: 0123456789abcdef0123456789abcdef01234567
  specs:
    zebra (1.0)

GEM
  remote: https://rubygems.org/
  specs:
    nio4r (2.7.4)
    puma (6.4.3)
      nio4r (~> 2.0)
    rack (3.1.8)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  puma
  rack

CHECKSUMS
  nio4r (2.7.4) sha256=d95dee68e0bb251b8ff90ac3423a511e3b784124e5db7ff5f4813a220ae73ca9
  puma (6.4.3) sha256=24a4645c006811d83f2480057d1f54a96e7627b6b90e1c99b260b9dc630eb43e
  rack (3.1.8) sha256=d3fbcbca43dc2b43c9c6d7dfbac01667ae58643c42cea10013d0da970218a1b1

RUBY VERSION
   ruby 3.3.8p144

BUNDLED WITH
   2.5.22
`;

describe("adding a gem", () => {
  const added = withGem({ gemfile: 'gem "rack"\n', lockfile });

  test("adds a line to the Gemfile", () => {
    expect(added.gemfile).toBe('gem "rack"\ngem "paint"\n');
  });

  test("adds an entry to each section of the lockfile, by the alphabet", () => {
    const old = lockfile.split("\n");
    const lines = added.lockfile.split("\n");
    expect(lines.filter((line) => !old.includes(line))).toEqual([
      "    paint (2.3.0)",
      "  paint",
      "  paint (2.3.0) sha256=327d623e4038619d5bd99ae5db07973859cd78400c7f0329eea283cef8e83be5",
    ]);
    const before = (line: string) => lines[lines.indexOf(line) - 1];
    expect(before("    paint (2.3.0)")).toBe("    nio4r (2.7.4)");
    expect(before("  paint")).toBe("DEPENDENCIES");
    expect(lines.length).toBe(old.length + 3);
  });

  test("gives a lockfile that can be read, with one gem more", () => {
    const parsed = parseGemfileLock(added.lockfile);
    if (parsed.kind !== "lockfile") throw new Error("it cannot be read");
    expect(parsed.lockfile.specs.map(({ name }) => name).toSorted()).toEqual([
      ...["nio4r", "paint", "puma", "rack", "zebra"],
    ]);
  });

  test("adds it as the last entry, where its name is the last", () => {
    const short = lockfile.replaceAll(/^ .*(puma|rack|nio4r).*\n/gm, "");
    const { lockfile: changed } = withGem({ gemfile: "", lockfile: short });
    expect(changed).toContain("  specs:\n    paint (2.3.0)\n\nPLATFORMS");
    expect(changed).toContain("DEPENDENCIES\n  paint\n\nCHECKSUMS");
  });
});

test("the version of Ruby is replaced with its patch level, and others are not", () => {
  expect(withRuby("   ruby 3.3.8p144", "3.3.8", "3.4.5")).toBe("   ruby 3.4.5");
  expect(withRuby("ruby-3.3.8\n", "3.3.8", "3.4.5")).toBe("ruby-3.4.5\n");
  expect(withRuby("3.3.80, 13.3.8, 3x3.8", "3.3.8", "3.4.5")).toBe("3.3.80, 13.3.8, 3x3.8");
});

test.each([
  ["3.1.2", "3.3.8"],
  ["3.3.6", "3.3.8"],
  ["3.4.1", "3.4.5"],
  ["3.3.8", "3.4.5"],
  ["3.4.5", undefined],
])("the newer Ruby than %s is %s", (version, newer) => {
  expect(newerRuby(version)).toBe(newer);
});
