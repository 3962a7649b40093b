import { expect, test } from "vitest";
import { envOf, imageConfigSchema, withEnv } from "../../../src/oci/image.ts";

const rootfs = { type: "layers", diff_ids: [] };

test("a config keeps unknown keys", () => {
  const text = {
    architecture: "amd64",
    os: "linux",
    rootfs,
    "os.version": "1",
    config: { Volumes: {} },
  };
  expect(imageConfigSchema.parse(text)).toEqual(text);
});

test("envOf finds a variable whose value contains an equals sign, but not one with a longer name", () => {
  const config = imageConfigSchema.parse({
    ...{ architecture: "amd64", os: "linux", rootfs },
    config: { Env: ["PATHS=x", "PATH=/a=b"] },
  });
  expect(envOf(config, "PATH")).toBe("/a=b");
  expect(envOf(config, "PAT")).toBeUndefined();
});

test("withEnv replaces in place and adds at the end", () => {
  expect(withEnv(["A=1", "PATH=/bin", "B=2"], { PATH: "/x:/bin", C: "3" })).toEqual([
    "A=1",
    "PATH=/x:/bin",
    "B=2",
    "C=3",
  ]);
});
