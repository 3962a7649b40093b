import { describe, expect, test } from "vitest";
import { isDebug, readSettings } from "../../src/settings.ts";

describe("readSettings", () => {
  test("fills in every default", () => {
    expect(readSettings({ DATABASE_URL: "postgres://x" })).toEqual({
      settings: {
        BP_EXEC_ENV: "production",
        BP_GEM_STORE_LIMIT: 2048,
        BP_GEM_STORE_READONLY: false,
        BP_LOG_LEVEL: "info",
        BP_RAILS_ASSETS_REUSE: false,
        BP_RAILS_DB_PREPARE: false,
        BP_RAILS_BOOTSNAP: true,
        BP_JEMALLOC: true,
        BP_KEEP_GIT: false,
        BP_KEEP_GEM_FILES: false,
        BP_INVENTORY: undefined,
        BP_REQUIRE_CHECKSUMS: false,
        BP_RUBY_PORTABLE: true,
        BP_DEPENDENCY_MIRROR: undefined,
        BP_RAILS_SKIP_ASSETS: false,
        HEROKU_SKIP_BUNDLE_DIGEST: false,
      },
    });
  });

  test.each([
    ["1", true],
    ["true", true],
    ["0", false],
    ["false", false],
    ["", false],
    ["1\n", true],
    ["True", true],
    ["FALSE", false],
  ])("takes HEROKU_SKIP_BUNDLE_DIGEST=%j for %s", (value, expected) => {
    expect(readSettings({ HEROKU_SKIP_BUNDLE_DIGEST: value })).toMatchObject({
      settings: { HEROKU_SKIP_BUNDLE_DIGEST: expected },
    });
  });

  test.each([
    ["HEROKU_SKIP_BUNDLE_DIGEST", "yes", "expected `true`, `false`, `1` or `0`"],
    ["BP_LOG_LEVEL", "verbose", "expected `info` or `debug`"],
    ["BP_BUNDLER_VERSION", "2.*", "expected an exact version such as `2.6.9`"],
  ])("refuses %s=%s and says what it takes", (key, value, problem) => {
    expect(readSettings({ [key]: value })).toEqual({ invalid: { key, value, problem } });
  });

  test("takes a level of the log in any case", () => {
    expect(readSettings({ BP_LOG_LEVEL: "DEBUG" })).toMatchObject({
      settings: { BP_LOG_LEVEL: "debug" },
    });
  });

  test.each([
    ["DEBUG", true],
    [" Debug\n", true],
    ["INFO", false],
    ["loud", false],
    [undefined, false],
  ])("takes BP_LOG_LEVEL=%j in any case", (value, debug) => {
    expect(isDebug(value)).toBe(debug);
  });

  test("takes a URL as it is", () => {
    const BP_INVENTORY = "https://example.com/inventory.toml#sha256=aa";
    expect(readSettings({ BP_INVENTORY })).toMatchObject({ settings: { BP_INVENTORY } });
  });
});
