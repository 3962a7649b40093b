import { describe, expect, test } from "vitest";
import { parseGemfileLock } from "../../../src/ruby/lockfile/gemfile-lock.ts";
import { assetBundlers, gemsOnExecJs } from "../../../src/ruby/javascript-gems.ts";
import { lockedWith } from "../../support/locked.ts";

describe("gems that bundle when assets are precompiled", () => {
  test.each([
    ["jsbundling-rails", "SKIP_JS_BUILD", ["1", "", "false"], []],
    ["cssbundling-rails", "SKIP_CSS_BUILD", ["1"], []],
    ["vite_ruby", "VITE_RUBY_SKIP_ASSETS_PRECOMPILE_EXTENSION", ["true"], ["1", "false"]],
    ["shakapacker", "SHAKAPACKER_PRECOMPILE", ["no", "false", "n", "f"], ["true", "0"]],
    ["webpacker", "WEBPACKER_PRECOMPILE", ["no", "false", "n", "f"], ["yes"]],
  ])("%s does, unless %s is one of %j", (gem, variable, skipping, others) => {
    const locked = lockedWith({ [gem]: "1.0.0", railties: "8.1.4" });
    const gems = (value: string) => assetBundlers(locked, { [variable]: value });
    for (const value of skipping) expect(gems(value)).toEqual([]);
    for (const value of others) expect(gems(value)).toMatchObject([{ gem }]);
    const [bundler] = assetBundlers(locked, {});
    expect(bundler?.gem).toBe(gem);
    // What the user is told to set is something that the gem goes by.
    const [name = "", value = ""] = bundler?.skippedBy.split("=") ?? [];
    expect(assetBundlers(locked, { [name]: value })).toEqual([]);
  });

  test("are not those that need no Node", () => {
    const gems = { "importmap-rails": "2.2.2", "dartsass-rails": "0.5.1", vite_plugin: "1.0" };
    expect(assetBundlers(lockedWith(gems), {})).toEqual([]);
  });
});

describe("gems on ExecJS", () => {
  const lockfile = (more = "") =>
    `GEM\n  specs:\n    execjs (2.10.2)\n    uglifier (4.2.1)\n      execjs (>= 0.3.0, < 3)\n    autoprefixer-rails (10.4.21.0)\n      execjs (~> 2)\n${more}`;

  test("are those that depend on it", () => {
    expect(gems(lockfile())).toEqual(["autoprefixer-rails", "uglifier"]);
    expect(gems("GEM\n  specs:\n    execjs (2.10.2)\n")).toEqual(["execjs"]);
  });

  test.each(["mini_racer", "duktape", "therubyrhino"])(
    "are none beside %s, which runs it",
    (gem) => {
      expect(gems(lockfile(`    ${gem} (0.16.0)\n`))).toEqual([]);
    },
  );

  test("are none in a lockfile without it", () => {
    expect(gems("GEM\n  specs:\n    railties (8.1.4)\n")).toEqual([]);
  });

  function gems(text: string): string[] {
    const parsed = parseGemfileLock(text);
    if (parsed.kind !== "lockfile") throw new Error(parsed.problem);
    return gemsOnExecJs(parsed.lockfile);
  }
});
