import { describe, expect, test } from "vitest";
import { readStore } from "../../../src/cnb/store.ts";
import { makeTree } from "../../support/tree.ts";

describe("store.toml (TOML)", () => {
  test("holds what the buildpack remembers", async () => {
    const layers = await makeTree({ "store.toml": '[metadata]\ndefault-ruby = "3.4.5"\n' });
    expect(await readStore(layers)).toEqual({ "default-ruby": "3.4.5" });
  });

  test.each([
    ["that is missing", {}],
    ["without metadata", { "store.toml": "" }],
    ["that is no TOML", { "store.toml": "]" }],
    ["of another shape", { "store.toml": "metadata = 1\n" }],
    ["that is a directory", { "store.toml/": "" }],
  ])("remembers nothing in a file %s", async (_, files) => {
    expect(await readStore(await makeTree(files))).toEqual({});
  });
});
