import { expect, test } from "vitest";
import { packageVariables } from "../../../../src/buildpack/javascript/packages.ts";
import { packageManagerOf } from "../../../../src/ruby/package-manager.ts";

const manager = packageManagerOf(["yarn.lock"], "");

test("rake tasks do not install packages again that a Node buildpack has installed", () => {
  expect(packageVariables(manager, true)).toEqual({
    SKIP_BUN_INSTALL: "1",
    SKIP_YARN_INSTALL: "1",
    VITE_RUBY_SKIP_ASSETS_PRECOMPILE_INSTALL: "true",
    YARN_PRODUCTION: "false",
  });
});

test("rake tasks install packages that are not installed, with development dependencies", () => {
  expect(packageVariables(manager, false)).toEqual({ YARN_PRODUCTION: "false" });
});

test("an app without packages needs no variables", () => {
  expect(packageVariables(undefined, false)).toEqual({});
});
