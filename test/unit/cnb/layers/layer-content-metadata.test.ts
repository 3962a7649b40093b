import * as z from "zod";
import { describe, expect, test } from "vitest";
import { layerContentMetadataCodec } from "../../../../src/cnb/layers/layer-content-metadata.ts";

const none = { launch: false, build: false, cache: false };

describe("Layer Content Metadata (TOML)", () => {
  test("reads types and metadata", () => {
    const disk = { types: { launch: true, cache: true }, metadata: { a: "b" } };
    expect(z.decode(layerContentMetadataCodec, disk)).toEqual({
      types: { launch: true, build: false, cache: true },
      metadata: { a: "b" },
    });
  });

  test("treats a restored file without types as a layer without types", () => {
    expect(z.decode(layerContentMetadataCodec, {})).toEqual({ types: none, metadata: {} });
  });

  test("writes all three types", () => {
    expect(z.encode(layerContentMetadataCodec, { types: none, metadata: { a: true } })).toEqual({
      types: none,
      metadata: { a: true },
    });
  });

  test.each(["launch", "build", "cache"])("refuses `%s` outside the types table", (flag) => {
    const { error } = layerContentMetadataCodec.safeParse({ [flag]: true });
    expect(error?.issues).toMatchObject([{ path: [flag], message: /types/ }]);
  });

  test("refuses types that are not booleans", () => {
    expect(layerContentMetadataCodec.safeParse({ types: { launch: "yes" } }).success).toBe(false);
  });
});
