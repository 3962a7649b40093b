import { describe, expect, test } from "vitest";
import { parseForeignToml, TomlSyntaxError } from "../../src/toml.ts";

const read = (value: string) => String((parseForeignToml(`v = ${value}`) as { v: unknown }).v);

describe("parseForeignToml", () => {
  test.each([
    ["2024-05-06T07:08:09.123456789123Z", "2024-05-06T07:08:09.123456789Z"],
    ["2024-05-06T07:08:09.1000-07:30", "2024-05-06T07:08:09.1-07:30"],
    ["2024-05-06 07:08:09.0005", "2024-05-06T07:08:09.0005"],
    ["2024-05-06t07:08z", "2024-05-06T07:08:00Z"],
    ["2024-05-06T07:08:09-00:00", "2024-05-06T07:08:09Z"],
    ["2024-05-06T07:08:09+24:00", "2024-05-06T07:08:09+24:00"],
    ["2024-02-29 # a leap year", "2024-02-29"],
    ["2000-02-29", "2000-02-29"],
    ["07:08", "07:08:00"],
    ["23:59:59.999999999999", "23:59:59.999999999"],
  ])("reads %s as %s", (text, value) => expect(read(text)).toBe(value));

  test.each([
    ...["2023-02-29", "1900-02-29", "2024-04-31", "2024-00-01", "2024-13-01", "2024-01-00"],
    ...["2024-02-30T07:08:09Z", "2024-05-06T24:00:00", "07:60:00", "23:59:60"],
    ...["2024-05-06T07:08:09+25:00", "07:08:09Z"],
  ])("knows no %s", (text) => {
    expect(() => parseForeignToml(`a = 1\nv = [1, ${text}]`)).toThrow(
      new TomlSyntaxError(`there is no such date or time as ${text}, on line 2`, 2),
    );
  });

  test.each(["2024-5-06", "2024-05-06T", "2024-05-06Z", "2024-05-06T07", "7:08", "07:08:09."])(
    "%s is not TOML",
    (text) => expect(() => parseForeignToml(`v = ${text}`)).toThrow(TomlSyntaxError),
  );

  test("takes no key, text or comment for a date", () => {
    const text = `
2023-02-29 = "2023-02-30"
"2023-02-30" = ['2023-02-30', "\\"2023-02-30", """"2023-02-30\\""" 2023-02-30""""] # 2023-02-30
[2023-02-31.a]
b = { 2023-02-29 = 2024-02-29, c = [[2024-01-01], { 2023-02-29 = 1 }, 2024-01-02 07:08:09] }
[[2023-02-30-x]]
long = '''
v = 2023-02-30'''`;
    expect(JSON.parse(JSON.stringify(parseForeignToml(text), asText))).toEqual({
      "2023-02-29": "2023-02-30",
      "2023-02-30": ["2023-02-30", '"2023-02-30', '"2023-02-30""" 2023-02-30"'],
      "2023-02-31": {
        a: {
          b: {
            "2023-02-29": "2024-02-29",
            c: [["2024-01-01"], { "2023-02-29": "1" }, "2024-01-02T07:08:09"],
          },
        },
      },
      "2023-02-30-x": [{ long: "v = 2023-02-30" }],
    });
  });
});

function asText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
