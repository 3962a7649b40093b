import { describe, expect, test } from "vitest";
import { parseRequirement, satisfies } from "../../../src/ruby/gem-requirement.ts";

describe("requirements", () => {
  test.each([
    ["3.1.4", ["~> 3.1"], true],
    ["4.0", ["~> 3.1"], false],
    ["4.0.a", ["~> 3.1"], false],
    ["3.2", ["~> 3.1.0"], false],
    ["3.1.5", ["~> 3.1", "!= 3.1.5"], false],
    ["2.0.0.rc1", [">= 2"], false],
    ["2.0.0.rc1", ["> 1", "< 2.0.0.rc2"], true],
    ["1.0", ["1"], true],
    ["1.0", [], true],
  ])("%s against %j: %j", (version, requirements, met) => {
    expect(satisfies(version, requirements)).toBe(met);
  });

  test("are an operator, `=` unless written, and a version", () => {
    expect(parseRequirement(" ~>  2.1 ")).toEqual({ operator: "~>", version: "2.1" });
    expect(parseRequirement("2.1-beta")).toEqual({ operator: "=", version: "2.1.pre.beta" });
    for (const text of ["", "~>", "=> 1", "~> x", "1, 2"]) {
      expect(parseRequirement(text)).toBeUndefined();
    }
  });

  test("that are none are met by no version, and said so", () => {
    expect(() => satisfies("1.0", ["> 2", "soon"])).toThrow("Not a requirement on a version: soon");
  });
});
