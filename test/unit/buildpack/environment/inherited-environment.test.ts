import { describe, expect, test } from "vitest";
import {
  inheritedEnvironment,
  isWithheld,
  withPath,
} from "../../../../src/buildpack/environment/inherited-environment.ts";

describe("commands inherit the build's environment", () => {
  test.each([
    "BUNDLER_VERSION",
    "GEM_HOME",
    "GEM_PATH",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "RUBYGEMS_GEMDEPS",
    "RUBYLIB",
    "RUBYOPT",
    "BUNDLE_PATH",
    "BUNDLE_FROZEN",
  ])("without %s, which could replace the app's Ruby or gems", (name) => {
    expect([inheritedEnvironment({ [name]: "x" })[name], isWithheld(name)]).toEqual([
      undefined,
      true,
    ]);
  });

  test.each(["PATH", "HTTPS_PROXY", "BUNDLE_WITHOUT", "BUNDLE_GEMS__EXAMPLE__COM", "DATABASE_URL"])(
    "with %s",
    (name) => {
      expect([inheritedEnvironment({ [name]: "x" })[name], isWithheld(name)]).toEqual(["x", false]);
    },
  );

  test("without the platform's own variables", () => {
    expect(inheritedEnvironment({ CNB_TARGET_OS: "linux" })).not.toHaveProperty("CNB_TARGET_OS");
  });

  test("with a UTF-8 locale, unless the user chose one", () => {
    expect(inheritedEnvironment({})["LANG"]).toBe("C.UTF-8");
    expect(inheritedEnvironment({ LANG: "de_DE.UTF-8" })["LANG"]).toBe("de_DE.UTF-8");
  });
});

describe("withPath", () => {
  test("puts directories first", () => {
    expect(withPath({ PATH: "/usr/bin" }, "/a", "/b")["PATH"]).toBe("/a:/b:/usr/bin");
  });

  test("leaves no empty entry, which would mean the current directory", () => {
    expect(withPath({}, "/a")["PATH"]).toBe("/a");
  });
});
