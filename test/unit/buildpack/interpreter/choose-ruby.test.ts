import { describe, expect, test } from "vitest";
import { chooseRubyVersion } from "../../../../src/buildpack/interpreter/choose-ruby.ts";
import type { Project } from "../../../../src/buildpack/project/read-project.ts";
import { BuildpackError } from "../../../../src/failure.ts";
import { makeProject } from "../../../support/builds/project.ts";
import { recordSection } from "../../../support/section.ts";

describe("chooseRubyVersion", () => {
  test("prints the version and its source, and at debug level every other place", () => {
    const files = { locked: "ruby 3.3.8p144", toolVersionsFile: "ruby 3.3.8" };
    expect(linesOf(files)).toEqual(["Ruby `3.3.8` from Gemfile.lock"]);
    expect(debugOf(files)).toEqual([
      "BP_RUBY_VERSION: no version",
      ".ruby-version: no version",
      ".tool-versions: `3.3.8`",
      "mise.toml: no version",
      "the buildpack's default: `3.4.10`",
    ]);
  });

  test("takes the buildpack's default if no file names a version", () => {
    expect(linesOf({})).toEqual(["Ruby `3.4.10` from the buildpack's default"]);
    expect(debugOf({})).toEqual([
      "Gemfile.lock: no version",
      "BP_RUBY_VERSION: no version",
      ".ruby-version: no version",
      ".tool-versions: no version",
      "mise.toml: no version",
    ]);
  });

  test("warns about each file that names another version", () => {
    const lines = linesOf({
      locked: "ruby 3.3.8p144",
      rubyVersionFile: "3.3.0",
      toolVersionsFile: "ruby 3.4.1",
    });
    expect(lines.filter((line) => line.startsWith("!"))).toEqual([
      "! Using Ruby 3.3.8 from Gemfile.lock, although .ruby-version says 3.3.0.",
      "! Fix: write 3.3.8 into .ruby-version, or change the version in Gemfile.lock.",
      "! Using Ruby 3.3.8 from Gemfile.lock, although .tool-versions says 3.4.1.",
      "! Fix: write 3.3.8 into .tool-versions, or change the version in Gemfile.lock.",
    ]);
  });

  test("warns about a file of higher rank that contains no version", () => {
    const lines = linesOf({ rubyVersionFile: "latest\n", toolVersionsFile: "ruby 3.3.8" });
    expect(lines).toEqual([
      "Ruby `3.3.8` from .tool-versions",
      "! Ignored .ruby-version: latest is not a version.",
    ]);
  });

  test("does not warn about it if the lockfile names a version", () => {
    const lines = linesOf({ locked: "ruby 3.3.8", rubyVersionFile: "latest\n" });
    expect(lines.filter((line) => line.startsWith("!"))).toEqual([]);
  });

  test.each([
    ["truffleruby-24.1.1", "truffleruby 24.1.1"],
    ["mruby-3.3.0", "mruby 3.3.0"],
  ])("rejects %s", (rubyVersionFile, requested) => {
    const section = recordSection();
    const choose = () => chooseRubyVersion(project({ rubyVersionFile }), "3.4.10", section);
    expect(choose).toThrow(
      expect.objectContaining({
        failure: { code: "app/ruby-unsupported", requested, source: ".ruby-version" },
      }) as BuildpackError,
    );
  });

  test("takes JRuby", () => {
    expect(linesOf({ locked: "ruby 3.1.7 (jruby 9.4.15.0)" })[0]).toBe(
      "Ruby `jruby 9.4.15.0` from Gemfile.lock",
    );
  });
});

type Wishes = Partial<Project> & Record<"locked", string>;

function project({ locked, ...rest }: Partial<Project> | Wishes): Project {
  const section = locked === undefined ? "" : `\nRUBY VERSION\n   ${locked as string}\n`;
  return makeProject(`GEM\n  specs:\n${section}`, rest);
}

type Files = Partial<Omit<Project, "locked">> & { locked?: string };

function linesOf(files: Files): string[] {
  const section = recordSection();
  chooseRubyVersion(project(files as Wishes), "3.4.10", section);
  return section.lines;
}

function debugOf(files: Files): string[] {
  const lines: string[] = [];
  const section = { ...recordSection(), debug: (line: string) => void lines.push(line) };
  chooseRubyVersion(project(files as Wishes), "3.4.10", section);
  return lines;
}
