import { describe, expect, test } from "vitest";
import { usageText } from "../../../src/cli/usage.ts";
import { parsePackageLine } from "../../../src/package/package-options.ts";

describe("parsePackageLine", () => {
  test("packages both architectures into `packages` by default", () => {
    expect(parsePackageLine([])).toEqual({
      help: false,
      out: "packages",
      architectures: ["amd64", "arm64"],
      offline: undefined,
      distro: undefined,
    });
  });

  test("reads every option that its help shows", () => {
    const args = [
      "--out",
      "o",
      "--target",
      "linux/arm64",
      "--offline",
      "a",
      "--distro",
      "ubuntu@24.04",
    ];
    expect(parsePackageLine(args)).toEqual({
      help: false,
      out: "o",
      architectures: ["arm64"],
      offline: "a",
      distro: { name: "ubuntu", version: "24.04" },
    });
    const shown = [...new Set(usageText("package").match(/--[a-z]+/g))].sort();
    expect(shown).toEqual(
      ["--distro", "--offline", "--out", "--target"].concat("--buildpack").sort(),
    );
    expect(parsePackageLine(["-h"]).help).toBe(true);
  });

  test.each([
    [["extra"], "`package` takes no `extra`"],
    [["--target", "linux/386"], "not `linux/386`"],
    [["--distro", "ubuntu"], "not `ubuntu`"],
    [["--nothing"], "`--nothing`"],
  ])("refuses %j", (args, problem) => {
    expect(() => parsePackageLine(args)).toThrow(
      expect.objectContaining({
        failure: { code: "platform/usage", problem: expect.stringContaining(problem) },
      }),
    );
  });
});
