import { describe, expect, test } from "vitest";
import { buildExitCode, detectExitCode } from "../../../src/cnb/exit-code.ts";

describe("Buildpack Interface, exit status", () => {
  test("of detect is 0 for pass, 100 for fail and another for error", () => {
    expect(detectExitCode.pass).toBe(0);
    expect(detectExitCode.fail).toBe(100);
    expect([0, 100]).not.toContain(detectExitCode.error);
  });

  test("of build is 0 for success and another for failure", () => {
    expect(buildExitCode.success).toBe(0);
    expect(buildExitCode.failure).not.toBe(0);
  });
});
