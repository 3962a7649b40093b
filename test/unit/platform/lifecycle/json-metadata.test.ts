import { describe, expect, test } from "vitest";
import { metadataToml, toJsonMetadata } from "../../../../src/platform/lifecycle/json-metadata.ts";
import { parseToml } from "../../../../src/toml.ts";

describe("metadataToml", () => {
  test("writes every number as a float", () => {
    const numbers = { one: 1, minus: -3, half: 0.5, large: 1e21, small: 1e-7, zero: 0 };
    const toml = metadataToml(numbers);
    expect(toml).toContain(`"one" = 1.0\n"minus" = -3.0\n"half" = 0.5\n`);
    for (const line of toml.split("\n").slice(1, -1)) expect(line).toMatch(/[.e]/);
    expect(parseToml(toml)).toEqual({ metadata: numbers });
  });

  test.each(["", `quote " and \\`, "line\nbreak\ttab", "\u0000\u001f\u007f", "ünïcödé 💎"])(
    "gives back the string %j",
    (text) => {
      expect(parseToml(metadataToml({ text }))).toEqual({ metadata: { text } });
    },
  );

  test("writes keys that need quotes, tables and lists, and omits nulls", () => {
    const metadata = { "a.b c": "x", table: { list: ["x", { y: true }], "": "" } };
    expect(parseToml(metadataToml({ ...metadata, none: null }))).toEqual({ metadata });
  });
});

describe("toJsonMetadata", () => {
  test("turns dates into strings, at every depth", () => {
    const table = parseToml("a = [2024-01-02T03:04:05Z]\nb.c = 2024-01-02");
    expect(toJsonMetadata(table)).toEqual({ a: ["2024-01-02T03:04:05Z"], b: { c: "2024-01-02" } });
  });

  test.each(["inf", "-inf", "nan"])("refuses %s", (number) => {
    expect(() => toJsonMetadata(parseToml(`a = ${number}`))).toThrow(RangeError);
  });

  test("rounds integers beyond 2^53 as JSON parsers do", () => {
    expect(toJsonMetadata(parseToml("a = 9007199254740993"))).toEqual({ a: 9007199254740992 });
  });
});
