import { describe, expect, test } from "vitest";
import { chooseRubyVersion } from "../../../../src/buildpack/interpreter/choose-ruby.ts";
import type { Project } from "../../../../src/buildpack/project/read-project.ts";
import { BuildpackError } from "../../../../src/failure.ts";
import { makeProject } from "../../../support/project.ts";
import { recordSection } from "../../../support/section.ts";

describe("chooseRubyVersion", () => {
  test("prints the winner with its source, then every other candidate", () => {
    expect(linesOf({ locked: "ruby 3.3.8p144", toolVersionsFile: "ruby 3.3.8" })).toEqual([
      "`3.3.8` from Gemfile.lock",
      ".ruby-version: says nothing",
      ".tool-versions: `3.3.8`",
      "the buildpack's default: `3.4.10`",
    ]);
  });

  test("takes the default where nobody says anything", () => {
    expect(linesOf({})).toEqual([
      "`3.4.10` from the buildpack's default",
      "Gemfile.lock: says nothing",
      ".ruby-version: says nothing",
      ".tool-versions: says nothing",
    ]);
  });

  test("warns of each file that says another version than the winner", () => {
    const lines = linesOf({
      locked: "ruby 3.3.8p144",
      rubyVersionFile: "3.3.0",
      toolVersionsFile: "ruby 3.4.1",
    });
    expect(lines.filter((line) => line.startsWith("!"))).toEqual([
      "! .ruby-version says 3.3.0, but Gemfile.lock says 3.3.8, which wins.",
      "! To make them agree, write 3.3.8 into .ruby-version, or the other way round.",
      "! .tool-versions says 3.4.1, but Gemfile.lock says 3.3.8, which wins.",
      "! To make them agree, write 3.3.8 into .tool-versions, or the other way round.",
    ]);
  });

  test("warns where a file of higher rank names no version", () => {
    const lines = linesOf({ rubyVersionFile: "latest\n", toolVersionsFile: "ruby 3.3.8" });
    expect(lines).toContain(".ruby-version: `latest` is no version");
    expect(lines).toContain(
      "! .ruby-version says latest, which names no version, so .tool-versions decides.",
    );
  });

  test("does not warn of it where the lockfile decides", () => {
    const lines = linesOf({ locked: "ruby 3.3.8", rubyVersionFile: "latest\n" });
    expect(lines.filter((line) => line.startsWith("!"))).toEqual([]);
  });

  test.each([
    ["truffleruby-24.1.1", "truffleruby 24.1.1"],
    ["mruby-3.3.0", "mruby 3.3.0"],
  ])("refuses %s, which nobody builds for us", (rubyVersionFile, requested) => {
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
      "`jruby 9.4.15.0` from Gemfile.lock",
    );
  });
});

type Wishes = Partial<Project> & Record<"locked", string>;

function project({ locked, ...rest }: Partial<Project> | Wishes): Project {
  const section = locked === undefined ? "" : `\nRUBY VERSION\n   ${locked as string}\n`;
  return makeProject(`GEM\n  specs:\n${section}`, rest);
}

function linesOf(wishes: Partial<Omit<Project, "locked">> & { locked?: string }): string[] {
  const section = recordSection();
  chooseRubyVersion(project(wishes as Wishes), "3.4.10", section);
  return section.lines;
}
