import { expect, test } from "vitest";
import { lifecycleToml, sortKeys } from "../../../../src/platform/lifecycle/lifecycle-toml.ts";
import { parseForeignToml } from "../../../../src/toml.ts";

test("indents nested tables, and writes plain values before tables", () => {
  const text = lifecycleToml({
    buildpacks: [{ id: "a", version: "1.0.0" }],
    processes: [],
    metadata: { inner: { x: "1" }, v: "2" },
  });
  expect(text).toBe(
    [
      "processes = []",
      "",
      "[[buildpacks]]",
      '  id = "a"',
      '  version = "1.0.0"',
      "",
      "[metadata]",
      '  v = "2"',
      "  [metadata.inner]",
      '    x = "1"',
      "",
    ].join("\n"),
  );
});

test("writes numbers as floats, bigints as integers, and leaves nulls out", () => {
  const values = {
    one: 1,
    small: 1e-7,
    large: 1e21,
    million: 1e6,
    below: 123456,
    zero: -0,
    integer: 1n,
    none: null,
  };
  expect(lifecycleToml(values).split("\n")).toEqual([
    "one = 1.0",
    "small = 1e-07",
    "large = 1e+21",
    "million = 1e+06",
    "below = 123456.0",
    "zero = -0.0",
    "integer = 1",
    "",
  ]);
});

test.each([`quote " and \\`, "line\nbreak\ttab", "\u0000\u001f\u007f", "ünïcödé 💎"])(
  "gives back the string %j and odd keys",
  (text) => {
    const metadata = { "a.b c": text, table: [{ "": text }, { x: [true, text] }] };
    const read = parseForeignToml(lifecycleToml({ metadata })) as { metadata: object };
    expect(JSON.parse(JSON.stringify(read.metadata))).toEqual(metadata);
  },
);

test("sorts the keys of all tables by bytes", () => {
  const sorted = sortKeys({ b: { z: 1, é: 2, A: 3 }, a: [{ d: 1, c: 2 }] });
  expect(JSON.stringify(sorted)).toBe('{"a":[{"c":2,"d":1}],"b":{"A":3,"z":1,"é":2}}');
});
