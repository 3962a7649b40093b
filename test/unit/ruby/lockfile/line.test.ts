import { describe, expect, test } from "vitest";
import { parseNameVersion, splitLines } from "../../../../src/ruby/lockfile/line.ts";

describe("a line about a gem", () => {
  test("is indent, name, version, platform, marker and rest", () => {
    expect(parseNameVersion("    nokogiri (1.16.0-x86_64-linux)! rest")).toEqual({
      indent: 4,
      name: "nokogiri",
      version: "1.16.0",
      platform: "x86_64-linux",
      pinned: true,
      rest: "rest",
    });
  });

  test("that is cut off has no version", () => {
    const expected = { name: "rack", version: undefined, rest: "(3.0" };
    expect(parseNameVersion("    rack (3.0")).toMatchObject(expected);
  });

  test("with another indent is none", () => {
    expect(parseNameVersion("   rack (3.0)")).toBeUndefined();
    expect(parseNameVersion("rack (3.0)")).toBeUndefined();
    expect(parseNameVersion("        rack (3.0)")).toBeUndefined();
  });

  test("is taken apart as Bundler's own pattern does, whatever it holds", () => {
    for (const line of randomLines(20_000)) {
      expect([line, parseNameVersion(line)]).toEqual([line, byPattern(line)]);
    }
  });

  test("is read in a time that grows with its length alone", () => {
    // The pattern itself would take hours.
    const line = `    rack${" (-".repeat(200_000)}${" )".repeat(200_000)} x y`;
    expect(parseNameVersion(line)?.rest).toBe("y");
  });
});

describe("lines", () => {
  test("end in LF or CR LF, and a CR alone belongs to its line", () => {
    expect(splitLines("a\r\nb\nc\r\r\nd\re\r")).toEqual(["a", "b", "c\r", "d\re\r"]);
  });
});

// Bundler::LockfileParser::NAME_VERSION, Bundler 4.0.24
const nameVersion = /^( {2}| {4}| {6})(?! )(.*?)(?: \(([^-]*)(?:-(.*))?\))?(!)?(?: ([^ ]+))?$/s;

function byPattern(line: string) {
  const match = nameVersion.exec(line);
  if (!match) return undefined;
  const [, indent, name, version, platform, pinned, rest] = match;
  return { indent: indent?.length, name, version, platform, pinned: pinned !== undefined, rest };
}

function* randomLines(count: number): Generator<string> {
  const pieces = [
    "a",
    "b",
    " ",
    " ",
    " (",
    ")",
    ")",
    "-",
    "!",
    "1.0",
    "(",
    " (1.0)",
    " (1-x)",
    "\r",
  ];
  let state = 7;
  const next = (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % limit;
  };
  for (let index = 0; index < count; index++) {
    const body = Array.from({ length: next(9) }, () => pieces[next(pieces.length)]).join("");
    yield `${"    ".slice(next(3))}${body}`;
  }
}
