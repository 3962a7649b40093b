import { describe, expect, test } from "vitest";
import {
  requirementIn,
  toolchainFor,
  toolIn,
} from "../../../../src/artifacts/compile/toolchain.ts";

const forArm = toolchainFor({ from: "amd64", to: "arm64" });
const native = toolchainFor({ from: "arm64", to: "arm64" });

test("compiles by the machine's own tools for its own architecture", () => {
  expect(native).toEqual({ arch: "arm64" });
  expect(native && toolIn(native, "cc")).toBe("cc");
  expect(native && toolIn(native, "strip")).toBe("strip");
});

test("compiles by tools with the name of the other system for another architecture", () => {
  expect(forArm).toEqual({
    arch: "arm64",
    cross: { build: "x86_64-linux-gnu", host: "aarch64-linux-gnu" },
  });
  expect(toolchainFor({ from: "arm64", to: "amd64" })?.cross?.host).toBe("x86_64-linux-gnu");
  expect(forArm && toolIn(forArm, "cc")).toBe("aarch64-linux-gnu-gcc");
  expect(forArm && toolIn(forArm, "objdump")).toBe("aarch64-linux-gnu-objdump");
});

test("knows no compiler where either architecture has no cross compiler in Debian's names", () => {
  expect(toolchainFor({ from: "riscv64", to: "arm64" })).toBeUndefined();
  expect(toolchainFor({ from: "amd64", to: "s390x" })).toBeUndefined();
});

describe("what a compilation needs for another architecture", () => {
  test.each([
    ["cc", "build-essential", "aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"],
    ["yaml.h", "libyaml-dev", "yaml.h", "libyaml-dev:arm64"],
    ["make", "build-essential", "make", "build-essential"],
  ])("%s of %s is %s of %s", (tool, packages, tool_, packages_) => {
    const needed = forArm && requirementIn(forArm, { tool, packages });
    expect(needed).toEqual({ tool: tool_, packages: packages_ });
  });

  test("an x86-64 compiler is in a package that spells it with dashes", () => {
    const forAmd = toolchainFor({ from: "arm64", to: "amd64" });
    const needed = forAmd && requirementIn(forAmd, { tool: "cc", packages: "build-essential" });
    expect(needed).toEqual({ tool: "x86_64-linux-gnu-gcc", packages: "gcc-x86-64-linux-gnu" });
  });
});
