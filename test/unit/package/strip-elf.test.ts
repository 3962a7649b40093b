import { describe, expect, test } from "vitest";
import { stripElf } from "../../../src/package/strip-elf.ts";
import { tinyProgram } from "../../support/package-checkout.ts";

describe("stripElf", () => {
  test("drops everything behind the last loaded byte, and the section table", () => {
    const stripped = stripElf(tinyProgram(62));
    expect(stripped).toHaveLength(128);
    expect(stripped.includes("symbols")).toBe(false);
    // e_shoff, e_shnum, e_shstrndx.
    expect(stripped.readBigUInt64LE(40)).toBe(0n);
    expect([stripped.readUInt16LE(60), stripped.readUInt16LE(62)]).toEqual([0, 0]);
    expect(stripped.subarray(64)).toEqual(tinyProgram(62).subarray(64, 128));
  });

  test("changes nothing in a program that is stripped already", () => {
    const once = stripElf(tinyProgram(62));
    expect(stripElf(once)).toEqual(once);
  });

  test.each([Buffer.from("#!/bin/sh\necho hello\n"), tinyProgram(40)])(
    "refuses any other file",
    (file) => {
      expect(() => stripElf(file)).toThrow("it is not an ELF file for amd64 or arm64");
    },
  );
});
