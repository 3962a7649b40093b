import { expect, test } from "vitest";
import { crossPackages, packagesOf } from "../../../../scripts/debian/root-packages.ts";

test("a root to compile in has what the root to run in has, and headers", () => {
  const run = packagesOf("trixie", "run");
  const build = packagesOf("trixie", "build");
  expect(build).toEqual(expect.arrayContaining([...run, "build-essential", "libssl-dev"]));
  expect(run.filter((name) => name.endsWith("-dev"))).toEqual([]);
});

test("to compile for another architecture it takes a compiler for that, and its headers", () => {
  expect(crossPackages("arm64")).toEqual([
    "gcc-aarch64-linux-gnu",
    "libc6-dev:arm64",
    "libffi-dev:arm64",
    "libgmp-dev:arm64",
    "libreadline-dev:arm64",
    "libssl-dev:arm64",
    "libyaml-dev:arm64",
    "zlib1g-dev:arm64",
  ]);
  expect(crossPackages("amd64")[0]).toBe("gcc-x86-64-linux-gnu");
});
