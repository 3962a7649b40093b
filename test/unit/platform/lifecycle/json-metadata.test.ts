import { describe, expect, test } from "vitest";
import { toJsonMetadata } from "../../../../src/platform/lifecycle/json-metadata.ts";
import { labelJson } from "../../../../src/platform/state/label-json.ts";
import { parseForeignToml } from "../../../../src/toml.ts";

describe("toJsonMetadata", () => {
  test.each([
    ["2024-05-06T07:08:09+02:00", "2024-05-06T07:08:09+02:00"],
    ["2024-05-06T07:08:09.500Z", "2024-05-06T07:08:09.5Z"],
    ["2024-05-06T07:08:09", "2024-05-06T07:08:09Z"],
    ["2024-05-06", "2024-05-06T00:00:00Z"],
    ["07:08:09", "0000-01-01T07:08:09Z"],
  ])("turns the TOML time %s into the text %s", (toml, text) => {
    expect(toJsonMetadata(parseForeignToml(`a = [${toml}]`))).toEqual({ a: [text] });
  });

  test.each(["inf", "-inf", "nan"])("refuses %s", (number) => {
    expect(() => toJsonMetadata(parseForeignToml(`a = ${number}`))).toThrow(RangeError);
  });

  test("keeps integers beyond 2^53 exactly, and sorts keys", () => {
    const metadata = toJsonMetadata(parseForeignToml("b = 9007199254740993\na = -0.0"));
    expect(labelJson(metadata)).toBe('{"a":-0,"b":9007199254740993}');
  });
});
