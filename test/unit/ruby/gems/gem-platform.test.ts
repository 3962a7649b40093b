import { describe, expect, test } from "vitest";
import {
  parseGemPlatform,
  platformMatches,
  platformName,
} from "../../../../src/ruby/gems/gem-platform.ts";

describe("platforms", () => {
  test.each([
    ["x86_64-linux-musl", { cpu: "x86_64", os: "linux", version: "musl" }],
    ["i686-linux", { cpu: "x86", os: "linux", version: undefined }],
    ["java", { cpu: undefined, os: "java", version: undefined }],
    ["arm64-darwin-22", { cpu: "arm64", os: "darwin", version: "22" }],
    ["mswin32_80", { cpu: "x86", os: "mswin32", version: "80" }],
    ["plan9", { cpu: undefined, os: "unknown", version: undefined }],
    ["ruby", "ruby"],
  ])("%s is %j", (name, platform) => {
    expect(parseGemPlatform(name)).toEqual(platform);
  });

  test.each(["x86_64-linux", "universal-java-11", "darwin19", "ruby", "x64-mingw-ucrt"])(
    "%s is written as it was read",
    (name) => {
      expect(platformName(parseGemPlatform(name))).toBe(name);
    },
  );
});

describe("a platform in a lockfile", () => {
  test.each([
    ["ruby", "x86_64-linux", true],
    ["x86_64-linux", "x86_64-linux", true],
    ["x86_64-linux", "x86_64-linux-gnu", true],
    ["x86_64-linux-gnu", "x86_64-linux", true],
    ["x86_64-linux", "x86_64-linux-musl", true],
    ["x86_64-linux-gnu", "x86_64-linux-musl", false],
    ["x86_64-linux-musl", "x86_64-linux", false],
    ["aarch64-linux", "x86_64-linux", false],
    ["arm-linux-gnueabihf", "armv7l-linux-eabihf", true],
    ["arm64-darwin-22", "x86_64-linux", false],
    ["java", "universal-java-17", true],
    ["x86_64-linux", "ruby", false],
  ])("%s matches %s: %j", (platform, machine, suits) => {
    expect(platformMatches(platform, machine)).toBe(suits);
  });
});
