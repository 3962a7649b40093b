import { describe, expect, test } from "vitest";
import {
  childEnvironment,
  withPath,
} from "../../../../src/buildpack/environment/child-environment.ts";

describe("childEnvironment", () => {
  test.each([
    "BUNDLER_VERSION",
    "GEM_HOME",
    "GEM_PATH",
    "GIT_DIR",
    "RUBYGEMS_GEMDEPS",
    "RUBYLIB",
    "RUBYOPT",
    "BUNDLE_PATH",
    "BUNDLE_FROZEN",
  ])("withholds %s and names it", (name) => {
    const { env, withheld } = childEnvironment({ [name]: "x" });
    expect([env[name], withheld]).toEqual([undefined, [name]]);
  });

  test.each(["PATH", "HTTPS_PROXY", "BUNDLE_WITHOUT", "BUNDLE_GEMS__EXAMPLE__COM", "DATABASE_URL"])(
    "passes %s on",
    (name) => {
      expect(childEnvironment({ [name]: "x" })).toMatchObject({
        env: { [name]: "x" },
        withheld: [],
      });
    },
  );

  test("keeps the platform's own variables to itself", () => {
    expect(childEnvironment({ CNB_TARGET_OS: "linux" }).env).not.toHaveProperty("CNB_TARGET_OS");
  });

  test("gives commands a UTF-8 locale unless the user chose one", () => {
    expect(childEnvironment({}).env["LANG"]).toBe("C.UTF-8");
    expect(childEnvironment({ LANG: "de_DE.UTF-8" }).env["LANG"]).toBe("de_DE.UTF-8");
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
