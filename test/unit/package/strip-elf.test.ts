import { describe, expect, test } from "vitest";
import { architectureOf, stripElf } from "../../../src/package/strip-elf.ts";
import { tinyProgram } from "../../support/packages/package-checkout.ts";

describe("stripElf", () => {
  test("drops what lies behind the last byte that is loaded, and the table of sections", () => {
    const stripped = stripElf(tinyProgram(62));
    expect(stripped).toHaveLength(128);
    expect(stripped.includes("symbols")).toBe(false);
    // e_shoff, e_shnum, e_shstrndx.
    expect(stripped.readBigUInt64LE(40)).toBe(0n);
    expect([stripped.readUInt16LE(60), stripped.readUInt16LE(62)]).toEqual([0, 0]);
    expect(stripped.subarray(64)).toEqual(tinyProgram(62).subarray(64, 128));
  });

  test("leaves a program that has nothing to drop as long as it is", () => {
    const once = stripElf(tinyProgram(62));
    expect(stripElf(once)).toEqual(once);
  });

  test("refuses what is no such file", () => {
    expect(() => stripElf(Buffer.from("#!/bin/sh\necho hello\n"))).toThrow("ELF");
  });
});

test("architectureOf reads whom a program is for", () => {
  expect(architectureOf(tinyProgram(62))).toBe("amd64");
  expect(architectureOf(tinyProgram(183))).toBe("arm64");
  expect(architectureOf(tinyProgram(40))).toBeUndefined();
});
