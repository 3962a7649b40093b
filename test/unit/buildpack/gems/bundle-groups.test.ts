import { describe, expect, test } from "vitest";
import { bundleGroups } from "../../../../src/buildpack/gems/bundle-groups.ts";

describe("bundleGroups", () => {
  test("leaves development and test out by default", () => {
    expect(bundleGroups({})).toEqual({ BUNDLE_WITHOUT: "development:test" });
  });

  test("has the gems of tests where the app is to be tested, unless the user says otherwise", () => {
    expect(bundleGroups({}, "test")).toEqual({ BUNDLE_WITHOUT: "development" });
    expect(bundleGroups({ BUNDLE_WITHOUT: "ci" }, "test")).toEqual({ BUNDLE_WITHOUT: "ci" });
  });

  test.each(["assets:ci", "assets ci", " assets, ci "])("reads the user's `%s`", (value) => {
    expect(bundleGroups({ BUNDLE_WITHOUT: value })).toEqual({ BUNDLE_WITHOUT: "assets:ci" });
  });

  test("keeps optional groups that the user asked for", () => {
    expect(bundleGroups({ BUNDLE_WITH: "metrics" })).toEqual({
      BUNDLE_WITHOUT: "development:test",
      BUNDLE_WITH: "metrics",
    });
  });
});
