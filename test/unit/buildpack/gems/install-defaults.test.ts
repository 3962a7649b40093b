import { describe, expect, test } from "vitest";
import { installDefaults } from "../../../../src/buildpack/gems/install-defaults.ts";
import type { RubyRequest } from "../../../../src/ruby/ruby-request.ts";

const mri: RubyRequest["ruby"] = { engine: "ruby", version: "3.4.5" };
const jruby: RubyRequest["ruby"] = { engine: "jruby", version: "3.1.4", engineVersion: "9.4.15.0" };
const request = (ruby: RubyRequest["ruby"]) => ({ ruby }) as RubyRequest;
const gibibyte = 1024 ** 3;

describe("what bundle install runs with", () => {
  test.each([
    [2, 8 * gibibyte, 0, "-j2"],
    [4, 8 * gibibyte, 0, "-j4"],
    [16, 64 * gibibyte, 2 ** 64, "-j8"],
    [4, 64 * gibibyte, 4 * gibibyte, "-j2"],
    [16, 64 * gibibyte, 2 * gibibyte, "-j1"],
    [1, gibibyte / 4, 0, "-j1"],
  ])(
    "a gem compiles on %i processors, %i bytes of memory and a limit of %i by %s",
    (cpus, memory, limit, jobs) => {
      expect(installDefaults(request(mri), { cpus, memory, limit })).toEqual({
        MAKEFLAGS: `${jobs} -- debugflags=-g0`,
      });
    },
  );

  test("JRuby compiles nothing, and starts soon", () => {
    const capacity = { cpus: 2, memory: gibibyte, limit: 0 };
    expect(installDefaults(request(jruby), capacity)).toEqual({ JRUBY_OPTS: "--dev" });
  });
});
