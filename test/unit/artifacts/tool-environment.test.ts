import { expect, test } from "vitest";
import { toolEnvironment } from "../../../src/artifacts/tool-environment.ts";

test("tools are found and find their headers, and are influenced by nothing else", () => {
  const found = { PATH: "/usr/bin", CPATH: "/headers", JAVA_HOME: "/jvm", CARGO_HOME: "/cargo" };
  const others = { CFLAGS: "-O0", RUBYOPT: "-rmine", LD_PRELOAD: "/mine.so", MAKEFLAGS: "-j1" };
  expect(toolEnvironment({ ...found, ...others, LC_ALL: "de_DE.UTF-8", HOME: undefined })).toEqual({
    ...found,
    LC_ALL: "C",
  });
});
