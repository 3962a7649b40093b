import { describe, expect, test } from "vitest";
import { buildTomlCodec } from "../../../src/cnb/build-toml.ts";
import { parseToml } from "../../../src/toml.ts";

describe("Unmet Buildpack Plan Entries", () => {
  test.each([
    ['[[unmet]]\nname = "node"\n', ["node"]],
    ["", []],
  ])("%j names %j", (text, names) => {
    expect(buildTomlCodec.parse(parseToml(text)).unmet.map(({ name }) => name)).toEqual(names);
  });

  test.each(['unmet = "node"\n', "[[unmet]]\n", '[[unmet]]\nname = ""\n'])("refuses %j", (text) => {
    expect(buildTomlCodec.safeParse(parseToml(text)).success).toBe(false);
  });
});
