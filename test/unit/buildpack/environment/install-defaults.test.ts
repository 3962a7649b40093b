import { describe, expect, test } from "vitest";
import { installDefaults } from "../../../../src/buildpack/environment/install-defaults.ts";

const gibibyte = 1024 ** 3;

describe("the default variables of bundle install", () => {
  test.each([
    [2, 8 * gibibyte, 0, "-j2"],
    [4, 8 * gibibyte, 0, "-j4"],
    [16, 64 * gibibyte, 2 ** 64, "-j8"],
    [4, 64 * gibibyte, 4 * gibibyte, "-j2"],
    [16, 64 * gibibyte, 2 * gibibyte, "-j1"],
    [1, gibibyte / 4, 0, "-j1"],
  ])(
    "%i processors, %i bytes of memory and a limit of %i compile a gem with %s",
    (cpus, memory, limit, jobs) => {
      expect(installDefaults("ruby", { cpus, memory, limit })).toEqual({
        MAKEFLAGS: `${jobs} -- debugflags=-g0`,
      });
    },
  );

  test("JRuby compiles nothing, and starts faster", () => {
    const capacity = { cpus: 2, memory: gibibyte, limit: 0 };
    expect(installDefaults("jruby", capacity)).toEqual({ JRUBY_OPTS: "--dev" });
  });
});
