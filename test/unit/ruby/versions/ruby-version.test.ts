import { describe, expect, test } from "vitest";
import { parseRubyVersion } from "../../../../src/ruby/versions/ruby-version.ts";

describe("a locked Ruby", () => {
  test.each([
    ["ruby 3.3.8p144", { engine: "ruby", version: "3.3.8", patchLevel: "144" }],
    ["ruby 4.0.1", { engine: "ruby", version: "4.0.1" }],
    ["ruby 3.4.0.preview1", { engine: "ruby", version: "3.4.0.preview1" }],
    ["ruby 3.5.0.dev", { engine: "ruby", version: "3.5.0.dev" }],
    [
      "ruby 3.1.4p223 (jruby 9.4.5.0)",
      { engine: "jruby", version: "3.1.4", engineVersion: "9.4.5.0", patchLevel: "223" },
    ],
    [
      "ruby 3.2.2 (truffleruby 23.1.0)",
      { engine: "truffleruby", version: "3.2.2", engineVersion: "23.1.0" },
    ],
  ])("%s", (line, ruby) => {
    expect(parseRubyVersion(line)).toEqual(ruby);
  });

  // Bundler 1.17 wrote the first; people write the second, as upstream names its releases.
  test.each(["ruby 2.6.0.preview2p-1", "ruby 2.6.0-preview2"])("%s is a prerelease", (line) => {
    expect(parseRubyVersion(line)).toEqual({ engine: "ruby", version: "2.6.0.preview2" });
  });

  test("may be only a branch", () => {
    expect(parseRubyVersion("ruby 3.3")).toEqual({ engine: "ruby", version: "3.3" });
  });

  test.each(["", "ruby", "3.3.8", "ruby head", "jruby", "jruby 9.4.15.0", "truffleruby 24.1.0"])(
    "%j is not one",
    (line) => {
      expect(parseRubyVersion(line)).toBeUndefined();
    },
  );
});
