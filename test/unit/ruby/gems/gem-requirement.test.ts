import { describe, expect, test } from "vitest";
import { isMetBy, parseRequirement } from "../../../../src/ruby/gems/gem-requirement.ts";

describe("requirements", () => {
  test("consist of an operator, by default `=`, and a version", () => {
    expect(parseRequirement(" ~>  2.1 ")).toEqual({ operator: "~>", version: "2.1" });
    expect(parseRequirement("2.1-beta")).toEqual({ operator: "=", version: "2.1.pre.beta" });
    for (const text of ["", "~>", "=> 1", "~> x", "1, 2"]) {
      expect(parseRequirement(text)).toBeUndefined();
    }
  });
});

test.each([
  ["~> 3.3.0", "3.3.8", true],
  ["~> 3.3.0", "3.4.0", false],
  ["~> 3.3.0", "3.4.0.preview1", false],
  ["~> 3.3.0", "3.3.0.preview1", false],
  ["~> 3.3", "3.9.1", true],
  ["~> 3.3", "4.0.0", false],
  ["~> 3.3", "3.2.9", false],
  ["~> 3", "3.9", true],
  ["~> 3", "4.0", false],
  ["~> 3.3.0.rc1", "3.3.0", true],
  [">= 3.2", "3.2.0", true],
  [">= 3.2", "3.2.0.rc1", false],
  ["> 3.2", "3.2.0", false],
  ["< 3.2", "3.1.9", true],
  ["<= 3.2", "3.2.1", false],
  ["!= 3.2.1", "3.2.1", false],
  ["= 3.2", "3.2.0", true],
])("`%s` by %s: %s", (text, version, isMet) => {
  const requirement = parseRequirement(text);
  expect(requirement && isMetBy(requirement, version)).toBe(isMet);
});
