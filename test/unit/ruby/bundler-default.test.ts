import { expect, test } from "vitest";
import { defaultBundlerFor } from "../../../src/ruby/bundler-default.ts";

// What the gemspec of each Bundler says of `required_ruby_version`: 2.4 needs 2.6, 2.5 needs 3.0,
// 2.6 needs 3.1, 2.7 and 4.0 need 3.2.
test.each([
  ["2.1.10", "1.17.3"],
  ["2.2.10", "1.17.3"],
  ["2.3.0", "2.3.27"],
  ["2.5.9", "2.3.27"],
  ["2.6.0", "2.4.22"],
  ["2.7.8", "2.4.22"],
  ["3.0.7", "2.5.23"],
  ["3.1.2", "2.6.9"],
  ["3.1", "2.6.9"],
  ["3.2.0", "2.7.2"],
  ["3.2", "2.7.2"],
  ["3.4.10", "2.7.2"],
  ["4.0.0.preview3", "2.7.2"],
])("Ruby %s gets Bundler %s by default", (ruby, bundler) => {
  expect(defaultBundlerFor(ruby, "2.7.2")).toBe(bundler);
});

test("is never newer than the buildpack's default", () => {
  expect(defaultBundlerFor("3.1.2", "2.5.0")).toBe("2.5.0");
});
