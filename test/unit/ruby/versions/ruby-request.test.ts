import { describe, expect, test } from "vitest";
import {
  chooseRuby,
  rubyCandidates,
  rubyLabel,
} from "../../../../src/ruby/versions/ruby-request.ts";
import type { RubyVersionSources } from "../../../../src/ruby/versions/ruby-request.ts";

describe("the rank of version files", () => {
  const all = {
    lockedRuby: "ruby 3.1.2p20",
    rubyVersionFile: "3.2.1",
    toolVersionsFile: "ruby 3.3.3",
  };

  test.each<[string, string, Partial<RubyVersionSources>]>([
    ["Gemfile.lock", "3.1.2", all],
    ["BP_RUBY_VERSION", "3.3.1", { ...all, lockedRuby: undefined, setting: "3.3.1" }],
    ["mise.toml", "3.3.2", { miseRuby: "3.3.2" }],
    [".tool-versions", "3.3.3", { miseRuby: "3.3.2", toolVersionsFile: "ruby 3.3.3" }],
    [".ruby-version", "3.2.1", { ...all, lockedRuby: undefined }],
    [".tool-versions", "3.3.3", { toolVersionsFile: "ruby 3.3.3" }],
    ["the buildpack's default", "3.4.10", {}],
  ])("%s wins with %s", (source, version, sources) => {
    expect(chosen(sources)).toMatchObject({ source, ruby: { engine: "ruby", version } });
  });

  test("lower ranks that name another version are reported, except the default", () => {
    const { disagreeing } = chosen({ ...all, toolVersionsFile: "ruby 3.1.2" });
    expect(disagreeing.map(({ source }) => source)).toEqual([".ruby-version"]);
  });

  test.each(["3.1", "3", "ruby-3.1.2", "3.1.2"])("%s agrees with 3.1.2", (text) => {
    expect(chosen({ ...all, rubyVersionFile: text, toolVersionsFile: "" }).disagreeing).toEqual([]);
  });

  test.each(["3.1.20", "3.10", "jruby-3.1.2"])("%s does not agree with 3.1.2", (text) => {
    const { disagreeing } = chosen({ ...all, rubyVersionFile: text, toolVersionsFile: "" });
    expect(disagreeing).toHaveLength(1);
  });
});

describe(".ruby-version", () => {
  test.each([
    ["3.3.8\n", "3.3.8"],
    ["ruby-3.3.8\n", "3.3.8"],
    ["ruby 3.3.8\n", "3.3.8"],
    ["3.3.8\r\n", "3.3.8"],
    ["\uFEFF3.3.8\n", "3.3.8"],
    ["# for production\n\n  3.3.8  # newest\n", "3.3.8"],
    ["3.3.8@shop\n", "3.3.8"],
    ["3.3", "3.3"],
    ["3.5.0-preview1", "3.5.0.preview1"],
    ["ruby-4.0.0-rc1", "4.0.0.rc1"],
    ["jruby-9.4.15.0", "jruby 9.4.15.0"],
    ["truffleruby-24.1.1", "truffleruby 24.1.1"],
    ["truffleruby+graalvm-24.1.1", "truffleruby+graalvm 24.1.1"],
  ])("%j means %s", (text, label) => {
    expect(rubyLabel(chosen({ rubyVersionFile: text }).ruby)).toBe(label);
  });

  test("may name a patch level, as it was before Ruby 2.1", () => {
    expect(chosen({ rubyVersionFile: "ruby-2.3.1-p112" }).ruby).toEqual({
      engine: "ruby",
      version: "2.3.1",
      patchLevel: "112",
    });
  });

  test.each(["latest", "system", "ruby-head", "3.3.8 3.2.1", "<!doctype html>"])(
    "%j names no Ruby, and is kept to be told",
    (text) => {
      const candidates = rubyCandidates({ ...silent, rubyVersionFile: text });
      expect(candidates[2]).toEqual({
        source: ".ruby-version",
        wish: undefined,
        unread: text,
      });
    },
  );

  test.each(["", "\n\n", "# nothing\n"])("%j contains no version", (text) => {
    const candidates = rubyCandidates({ ...silent, rubyVersionFile: text });
    expect(candidates[2]).toEqual({ source: ".ruby-version", wish: undefined });
  });
});

describe(".tool-versions", () => {
  test.each([
    ["nodejs 22.1.0\nruby 3.3.8\n", "3.3.8"],
    ["ruby    3.3.8 3.2.1 # older as a fallback\n", "3.3.8"],
    ["# ruby 2.0.0\nruby\t3.3.8\r\n", "3.3.8"],
    ["ruby jruby-9.4.15.0\n", "jruby 9.4.15.0"],
  ])("%j means %s", (text, label) => {
    expect(rubyLabel(chosen({ toolVersionsFile: text }).ruby)).toBe(label);
  });

  test.each(["nodejs 22.1.0\n", "", "ruby\n", "rubygems 3.3.8\n"])(
    "%j contains no version",
    (text) => {
      const candidates = rubyCandidates({ ...silent, toolVersionsFile: text });
      expect(candidates[3]).toEqual({ source: ".tool-versions", wish: undefined });
    },
  );
});

describe("JRuby", () => {
  test("in a lockfile has the version of its language and its own", () => {
    const { ruby } = chosen({ lockedRuby: "ruby 3.1.7p0 (jruby 9.4.15.0)" });
    expect(ruby).toMatchObject({
      engine: "jruby",
      version: "3.1.7",
      engineVersion: "9.4.15.0",
    });
    expect(rubyLabel(ruby)).toBe("jruby 9.4.15.0");
  });

  test.each([
    ["9.2.21.0", "2.5"],
    ["9.3.15.0", "2.6"],
    ["9.4.15.0", "3.1"],
    ["9.4", "3.1"],
    ["10.0.2.0", "3.4"],
    ["10.1.0.0", "4.0"],
  ])("%s in a version file is compatible with Ruby %s", (engineVersion, version) => {
    expect(chosen({ rubyVersionFile: `jruby-${engineVersion}` }).ruby).toEqual({
      engine: "jruby",
      version,
      engineVersion,
    });
  });
});

describe("the Gemfile's `ruby` line", () => {
  test.each([
    ['ruby "~> 3.3.0"', "3.3"],
    ["ruby '~> 3.2', '< 3.4'", "3.3"],
    ['ruby(">= 3.1", "< 3.3") # until we move', "3.2"],
    ['ruby "<= 3.3.5"', "3.3.5"],
    ['ruby "3.2.2"', "3.2.2"],
    ['  ruby "> 3.4.10"', "3.4"],

    ['ruby "~> 4.0"', "4.0"],
  ])("%s names a Ruby that it accepts", (line, ruby) => {
    const { ruby: chosenRuby, source } = chosen({ gemfile: named(`source "x"\n${line}\n`) });
    expect(rubyLabel(chosenRuby)).toBe(ruby);
    expect(source).toBe("Gemfile");
  });

  test.each([
    ['ruby ">= 3.2"', "accepts the default"],
    ['ruby file: ".ruby-version"', "names a file"],
    ['ruby "3.1.4", engine: "jruby", engine_version: "9.4.15.0"', "names another engine"],
    ['ruby File.read(".ruby-version").strip', "is code"],
    ['ruby "~> 3.3.0" + suffix', "is code"],
    ['ruby_version = "~> 3.3.0"', "is another word"],
    ['ruby "latest"', "is not a condition"],
    [`ruby ${'"~> 3.3.0", '.repeat(100)}`, "is too long"],
  ])("%s is left alone, because it %s", (line) => {
    expect(chosen({ gemfile: named(line) }).source).toBe("the buildpack's default");
  });

  test("counts only if no other place names a Ruby", () => {
    const gemfile = named('ruby "~> 3.3.0"');
    expect(chosen({ gemfile, rubyVersionFile: "3.2.1" })).toMatchObject({
      source: ".ruby-version",
      disagreeing: [],
    });
    expect(chosen({ gemfile, lockedRuby: "ruby 3.3.8" }).source).toBe("Gemfile.lock");
  });
});

const silent: RubyVersionSources = {
  lockfileName: "Gemfile.lock",
  lockedRuby: undefined,
  rubyVersionFile: undefined,
  toolVersionsFile: undefined,
  gemfile: undefined,
  buildpackDefault: "3.4.10",
};

function named(text: string) {
  return { name: "Gemfile", text };
}

function chosen(sources: Partial<RubyVersionSources>) {
  return chooseRuby(rubyCandidates({ ...silent, ...sources }));
}
