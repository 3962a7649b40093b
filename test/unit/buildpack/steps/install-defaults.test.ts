import { describe, expect, test } from "vitest";
import { installDefaults, readCapacity } from "../../../../src/buildpack/steps/install-defaults.ts";
import type { RubyRequest } from "../../../../src/ruby/ruby-request.ts";

const mri: RubyRequest["ruby"] = { engine: "ruby", version: "3.4.5" };
const jruby: RubyRequest["ruby"] = { engine: "jruby", version: "3.1.4", engineVersion: "9.4.15.0" };
const request = (ruby: RubyRequest["ruby"]) => ({ ruby }) as RubyRequest;
const gibibyte = 1024 ** 3;

describe("what bundle install runs with", () => {
  test.each([
    [2, 8 * gibibyte, "-j2"],
    [16, 64 * gibibyte, "-j16"],
    [16, 2 * gibibyte, "-j4"],
    [4, gibibyte / 4, "-j1"],
  ])("extensions compile on %i processors and %i bytes of memory by %s", (cpus, memory, jobs) => {
    expect(installDefaults(request(mri), { cpus, memory })).toEqual({
      MAKEFLAGS: `${jobs} -- debugflags=-g0`,
    });
  });

  test("JRuby compiles nothing, and starts soon", () => {
    const capacity = { cpus: 2, memory: gibibyte };
    expect(installDefaults(request(jruby), capacity)).toEqual({ JRUBY_OPTS: "--dev" });
  });

  test("this machine has some of each", () => {
    const { cpus, memory } = readCapacity();
    expect(cpus).toBeGreaterThanOrEqual(1);
    expect(memory).toBeGreaterThan(2 ** 20);
    expect(Number.isFinite(memory)).toBe(true);
  });
});
