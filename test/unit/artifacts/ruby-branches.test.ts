import { describe, expect, test } from "vitest";
import { ageWarning, readRubyBranches } from "../../../src/artifacts/ruby-branches.ts";
import { makeTree } from "../../support/tree.ts";

const branches = [
  { branch: "4.0", eol: undefined },
  { branch: "3.10", eol: undefined },
  { branch: "3.3", eol: "2027-03-31" },
  { branch: "3.1", eol: "2025-03-26" },
];

describe("the warning about a Ruby's age", () => {
  test("names the end of life, the maintained branches and the branch's newest release", () => {
    expect(ageWarning("3.1.2", "2026-08-06", branches, "3.1.7")).toEqual([
      "Ruby 3.1 reached its end of life on 2025-03-26: it gets no more security fixes.",
      "Maintained branches: 3.3, 3.10, 4.0.",
      "Ruby 3.1.7 is a newer release of the same branch, with fixes that 3.1.2 lacks.",
    ]);
  });

  test("begins on the day of the end of life", () => {
    expect(ageWarning("3.3.8", "2027-03-30", branches, undefined)).toEqual([]);
    expect(ageWarning("3.3.8", "2027-03-31", branches, undefined)).not.toEqual([]);
  });

  test("names only the newer release if the branch is maintained", () => {
    expect(ageWarning("3.3.8", "2026-08-06", branches, "3.3.12")).toEqual([
      "Ruby 3.3.12 is a newer release of the same branch, with fixes that 3.3.8 lacks.",
    ]);
  });

  test("is empty for an unknown branch, or one without an announced end of life", () => {
    expect(ageWarning("9.9.0", "2026-08-06", branches, undefined)).toEqual([]);
    expect(ageWarning("4.0.6", "2099-01-01", branches, undefined)).toEqual([]);
  });
});

test("branches are read from the buildpack's inventory", async () => {
  const dir = await makeTree({
    "inventory/ruby-branches.toml": `
      [[branches]]
      branch = "3.3"
      status = "security maintenance"
      first-release = "2023-12-25"
      eol = "2027-03-31"
      [[branches]]
      branch = "4.0"
      status = "normal maintenance"
      first-release = "2025-12-25"
    `,
  });
  expect(await readRubyBranches(dir)).toEqual([
    { branch: "3.3", eol: "2027-03-31" },
    { branch: "4.0", eol: undefined },
  ]);
});
