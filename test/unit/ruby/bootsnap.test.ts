import { describe, expect, test } from "vitest";
import {
  canPrecompile,
  patternOfApp,
  patternOfUnused,
  sourcesOfCode,
} from "../../../src/ruby/bootsnap.ts";

test.each([
  ["1.5.1", false],
  ["1.6.0", true],
  ["1.18.4", true],
])("bootsnap %s can compile code in advance: %s", (version, expected) => {
  expect(canPrecompile(version)).toBe(expected);
});

test("an app's code is in its directories, except hidden ones and those without code, and in Ruby files", () => {
  const directories = ["lib", "app", ".git", "engines", "node_modules", "test", "tmp", "vendor"];
  const entries = [
    ...directories.map((name) => ({ name, isDirectory: true })),
    ...["app.rb", "Gemfile", "config.ru"].map((name) => ({ name, isDirectory: false })),
  ];
  expect(sourcesOfCode(entries)).toEqual(["app", "app.rb", "engines", "lib"]);
});

describe("the pattern of an app", () => {
  // Ruby and JavaScript read these patterns alike.
  const matches = (app: string, layers: string, path: string) =>
    new RegExp(patternOfApp(app, layers)).test(path);

  test("matches what is in it", () => {
    expect(matches("/workspace", "/layers", "/workspace/engines/a.rb")).toBe(true);
    expect(matches("/workspace", "/layers", "/workspace2/a.rb")).toBe(false);
    expect(matches("/workspace", "/layers", "/layers/gems/workspace/a.rb")).toBe(false);
  });

  test("does not match layers that are in it", () => {
    expect(matches("/app", "/app/.layers", "/app/.layers/gems/a.rb")).toBe(false);
    expect(matches("/app", "/app/.layers", "/app/lib/a.rb")).toBe(true);
  });

  test("escapes special characters of a path", () => {
    expect(matches("/a.b+(c)", "/layers", "/a.b+(c)/a.rb")).toBe(true);
    expect(matches("/a.b", "/layers", "/aXb/a.rb")).toBe(false);
  });
});

test.each([
  ["/layers/ruby/lib/ruby/3.3.0/rubygems/version.rb", true],
  ["/layers/ruby/lib/ruby/3.3.0/bundler/setup.rb", true],
  ["/layers/ruby/lib/ruby/3.3.0/set.rb", false],
  ["/layers/ruby/lib/ruby/3.3.0/json/bundler/x.rb", false],
  ["/layers/bundler/gems/bundler-2.7.2/lib/bundler.rb", true],
  ["/layers/gems/bundler/gems/shop-1a2b/lib/shop.rb", false],
  ["/layers/gems/gems/railties-8.1.4/lib/rails/generators/base.rb", true],
  ["/layers/gems/gems/devise-5.0/lib/generators/devise.rb", true],
  ["/layers/gems/gems/generators-1.0/lib/shop.rb", false],
  ["/workspace/lib/shop.rb", false],
])("code that no server loads with bootsnap: %s, %s", (path, expected) => {
  const pattern = patternOfUnused({ ruby: "/layers/ruby", bundler: "/layers/bundler" });
  expect(new RegExp(pattern).test(path)).toBe(expected);
});
