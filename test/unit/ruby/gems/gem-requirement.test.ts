import { describe, expect, test } from "vitest";
import { parseRequirement } from "../../../../src/ruby/gems/gem-requirement.ts";

describe("requirements", () => {
  test("consist of an operator, by default `=`, and a version", () => {
    expect(parseRequirement(" ~>  2.1 ")).toEqual({ operator: "~>", version: "2.1" });
    expect(parseRequirement("2.1-beta")).toEqual({ operator: "=", version: "2.1.pre.beta" });
    for (const text of ["", "~>", "=> 1", "~> x", "1, 2"]) {
      expect(parseRequirement(text)).toBeUndefined();
    }
  });
});
