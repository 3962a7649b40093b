import { describe, expect, test } from "vitest";
import {
  compareGemVersions,
  isPrerelease,
  normalizeGemVersion,
} from "../../../src/ruby/gem-version.ts";

describe("versions", () => {
  test("are ordered by value, prereleases before the release they lead up to", () => {
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

  test("may be longer than any number that JavaScript counts exactly", () => {
    expect(compareGemVersions("1.9007199254740993", "1.9007199254740992")).toBeGreaterThan(0);
  });

  test("with letters are prereleases", () => {
    expect(["3.4.0.preview1", "1.0-1", "3.4.0"].map(isPrerelease)).toEqual([true, true, false]);
  });

  test("are kept as RubyGems writes them, or not at all", () => {
    expect([" 1.2 ", "1-beta", ""].map(normalizeGemVersion)).toEqual(["1.2", "1.pre.beta", "0"]);
    for (const text of ["a", "1..2", "1 2", "v1", "1.0\0"]) {
      expect(normalizeGemVersion(text)).toBeUndefined();
    }
  });

  test("that are none cannot be compared", () => {
    expect(() => compareGemVersions("1.0", "newest")).toThrow("Not a gem version: newest");
  });

  test("compare after odd dashes made empty parts of them", () => {
    const kept = normalizeGemVersion("1--a") ?? "";
    expect(compareGemVersions(kept, "1")).toBeLessThan(0);
  });
});
