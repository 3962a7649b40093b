import { describe, expect, test } from "vitest";
import {
  compareGemVersions,
  isPrerelease,
  normalizeGemVersion,
} from "../../../../src/ruby/gems/gem-version.ts";

describe("versions", () => {
  test("are ordered by value, and prereleases come before their release", () => {
    const ordered = "0.9 1.0.a 1.0.a.2 1.0.a.10 1.0.b1 1.0.rc1 1.0 1.0.1 1.2 1.10 2".split(" ");
    expect(ordered.toReversed().sort(compareGemVersions)).toEqual(ordered);
  });

  test.each([
    ["1", "1.0.0"],
    ["1.a", "1.0.0.a"],
    ["1.0-rc1", "1.0.pre.rc1"],
    ["01.2", "1.2"],
  ])("%s and %s are the same", (a, b) => {
    expect(compareGemVersions(a, b)).toBe(0);
  });

  test("may contain numbers larger than JavaScript's exact integers", () => {
    expect(compareGemVersions("1.9007199254740993", "1.9007199254740992")).toBeGreaterThan(0);
  });

  test("with letters are prereleases", () => {
    expect(["3.4.0.preview1", "1.0-1", "3.4.0"].map(isPrerelease)).toEqual([true, true, false]);
  });

  test("are normalized as in RubyGems, or rejected", () => {
    expect([" 1.2 ", "1-beta", ""].map(normalizeGemVersion)).toEqual(["1.2", "1.pre.beta", "0"]);
    for (const text of ["a", "1..2", "1 2", "v1", "1.0\0"]) {
      expect(normalizeGemVersion(text)).toBeUndefined();
    }
  });

  test("that are not valid cannot be compared", () => {
    expect(() => compareGemVersions("1.0", "newest")).toThrow("Not a gem version: newest");
  });

  test("with empty parts between dashes can be compared", () => {
    const kept = normalizeGemVersion("1--a") ?? "";
    expect(compareGemVersions(kept, "1")).toBeLessThan(0);
  });
});
