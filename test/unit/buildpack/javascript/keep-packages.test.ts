import { describe, expect, test } from "vitest";
import { keepPackages } from "../../../../src/buildpack/javascript/keep-packages.ts";
import { packageManagerOf } from "../../../../src/ruby/package-manager.ts";
import { makeBuildContext } from "../../../support/build-context.ts";

const manager = packageManagerOf(["yarn.lock"], "");

describe("the packages that a Node buildpack has installed", () => {
  test("are not installed again by rake tasks, and development dependencies stay in", () => {
    const context = makeBuildContext({ env: { PATH: "/bin" } });
    expect(keepPackages(context, { manager, installed: true }).env).toEqual({
      PATH: "/bin",
      SKIP_BUN_INSTALL: "1",
      SKIP_YARN_INSTALL: "1",
      VITE_RUBY_SKIP_ASSETS_PRECOMPILE_INSTALL: "true",
      YARN_PRODUCTION: "false",
    });
  });

  test("are installed by them where nobody has done it, development dependencies too", () => {
    const context = makeBuildContext();
    expect(keepPackages(context, { manager, installed: false }).env).toEqual({
      YARN_PRODUCTION: "false",
    });
  });

  test("are nobody's business in an app without any", () => {
    const context = makeBuildContext({ env: { PATH: "/bin" } });
    const kept = keepPackages(context, { manager: undefined, installed: false });
    expect(kept.env).toEqual({ PATH: "/bin" });
  });

  test("are what the user says they are", () => {
    const context = makeBuildContext({
      userEnv: { SKIP_YARN_INSTALL: "", YARN_PRODUCTION: "true" },
    });
    expect(keepPackages(context, { manager, installed: true }).env).toMatchObject({
      SKIP_YARN_INSTALL: "",
      YARN_PRODUCTION: "true",
    });
  });
});
