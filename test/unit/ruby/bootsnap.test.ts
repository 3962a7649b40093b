import { describe, expect, test } from "vitest";
import { canPrecompile, patternOfApp, sourcesOfCode } from "../../../src/ruby/bootsnap.ts";

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
