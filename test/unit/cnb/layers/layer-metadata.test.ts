import { describe, expect, test } from "vitest";
import { fromDisk, toDisk } from "../../../../src/cnb/layers/layer-metadata.ts";

describe("Layer Content Metadata (TOML), metadata", () => {
  test("has keys in kebab-case on disk", () => {
    expect(toDisk({ rubyVersion: "3.4.5", sha256: "x", ok: true })).toEqual({
      "ruby-version": "3.4.5",
      sha256: "x",
      ok: true,
    });
  });

  test("has keys in camelCase inside", () => {
    expect(fromDisk({ "ruby-version": "3.4.5", sha256: "x", old_style: true })).toEqual({
      rubyVersion: "3.4.5",
      sha256: "x",
      old_style: true,
    });
  });

  test("comes back as strings where JSON made floats of integers", () => {
    expect(fromDisk({ a: 1, b: 2.5, c: 9007199254740993n })).toEqual({
      a: "1",
      b: "2.5",
      c: "9007199254740993",
    });
  });
});
