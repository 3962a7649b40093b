import { expect, test } from "vitest";
import { isBlank, splitOn, strip, trimSpace } from "../../../src/ruby/ruby-text.ts";

test("strips ASCII white space and NUL, and nothing else", () => {
  expect(strip("\0 \t\r\n\v\fa b\0\n")).toBe("a b");
  expect(strip("\u00a0a\u2028")).toBe("\u00a0a\u2028");
});

test("trims white space without NUL", () => {
  expect(trimSpace(" \0a ")).toBe("\0a");
});

test("splits without empty parts at the end", () => {
  expect(splitOn("a,,b,,", ",")).toEqual(["a", "", "b"]);
  expect(splitOn("", ",")).toEqual([]);
});

test("a line with only white space is blank", () => {
  expect(["", " \t\r", "\u00a0", "\0"].map(isBlank)).toEqual([true, true, false, false]);
});
