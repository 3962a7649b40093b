import { describe, expect, test } from "vitest";
import { storableGems } from "../../../../../src/buildpack/gems/store/store-key.ts";
import type { GemfileLock } from "../../../../../src/ruby/lockfile/gemfile-lock.ts";
import { parseGemfileLock } from "../../../../../src/ruby/lockfile/parse-gemfile-lock.ts";

interface Story {
  remote?: string;
  checksum?: string;
  machine?: string[];
  env?: Record<string, string>;
}

function keyOf(story: Story = {}): string {
  const { remote = "https://rubygems.org/", checksum, machine = ["debian 12"], env = {} } = story;
  const sums = checksum ? `\nCHECKSUMS\n  nokogiri (1.18.9) sha256=${checksum}\n` : "";
  const text = `GEM\n  remote: ${remote}\n  specs:\n    nokogiri (1.18.9)\n${sums}`;
  const [gem] = storableGems(parse(text), { machine, env });
  return gem?.key ?? "";
}

function parse(text: string): GemfileLock {
  const parsed = parseGemfileLock(text);
  if (parsed.kind === "refused") throw new Error(parsed.problem);
  return parsed.lockfile;
}

describe("the key of a stored gem", () => {
  test("names the gem and its version", () => {
    expect(keyOf()).toMatch(/^nokogiri-1\.18\.9-[0-9a-f]{32}$/);
  });

  test.each<Story>([
    { remote: "https://gems.example.com/" },
    { checksum: "a".repeat(64) },
    { machine: ["debian 13"] },
    { env: { CFLAGS: "-O0" } },
    { env: { CC: "clang" } },
    { env: { PKG_CONFIG_PATH: "/opt/lib" } },
    { env: { BUNDLE_BUILD__NOKOGIRI: "--use-system-libraries" } },
    { env: { NOKOGIRI_USE_SYSTEM_LIBRARIES: "1" } },
    { env: { BUNDLE_FORCE_RUBY_PLATFORM: "true" } },
  ])("changes with %j", (story) => {
    expect(keyOf(story)).not.toBe(keyOf());
  });

  test.each<Story>([
    { env: { SECRET_KEY_BASE: "x", RAILS_ENV: "staging" } },
    { env: { MAKEFLAGS: "--jobs=8", PATH: "/opt/bin" } },
    { env: { BUNDLE_BUILD__PG: "--with-pg" } },
    { env: { BUNDLE_GEMS__EXAMPLE__COM: "user:password" } },
  ])("does not change with %j", (story) => {
    expect(keyOf(story)).toBe(keyOf());
  });

  test("does not exist for gems from git or of the app", () => {
    const text =
      "GIT\n  remote: https://example.com/a.git\n  revision: abc\n  specs:\n    a (1.0)\n\n" +
      "PATH\n  remote: b\n  specs:\n    b (1.0)\n\nGEM\n  remote: https://c/\n  specs:\n    c (1.0-java)\n";
    const gems = storableGems(parse(text), { machine: [], env: {} });
    expect(gems.map(({ fullName }) => fullName)).toEqual(["c-1.0-java"]);
  });
});
