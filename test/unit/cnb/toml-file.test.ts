import { join } from "node:path";
import * as z from "zod";
import { describe, expect, test } from "vitest";
import { readTomlFile, tryReadTomlFile, writeTomlFile } from "../../../src/cnb/toml-file.ts";
import { makeTree, readTree } from "../../support/tree.ts";

const codec = z.object({ a: z.string(), b: z.object({ c: z.boolean() }).optional() });

describe("Data Format", () => {
  test("reads a file of the right shape", async () => {
    const path = join(await makeTree({ "x.toml": 'a = "1"\n' }), "x.toml");
    expect(await tryReadTomlFile(path, codec)).toEqual({ state: "read", value: { a: "1" } });
    expect(await readTomlFile(path, codec)).toEqual({ a: "1" });
  });

  test.each([
    ["text that is no TOML", "a = \n", "syntax", /line 1/],
    ["a binary file", "\u0000", "syntax", /binary/],
    ["values of another shape", "a = 1\nb = {c = 2}\n", "shape", /^a: .*; b\.c: /],
  ] as const)("does not throw for %s", async (_, text, fault, problem) => {
    const path = join(await makeTree({ "x.toml": text }), "x.toml");
    expect(await tryReadTomlFile(path, codec)).toEqual({
      state: "invalid",
      fault,
      problem: expect.stringMatching(problem),
    });
    await expect(readTomlFile(path, codec)).rejects.toMatchObject({
      failure: { code: "cnb/file-invalid", path },
    });
  });

  test("distinguishes a missing file from an invalid one", async () => {
    const path = join(await makeTree(), "x.toml");
    expect(await tryReadTomlFile(path, codec)).toEqual({ state: "missing" });
  });

  test("writes nothing that the codec refuses", async () => {
    const dir = await makeTree();
    const written = writeTomlFile(join(dir, "x.toml"), codec, { a: 1 as unknown as string });
    await expect(written).rejects.toMatchObject({ failure: { code: "cnb/file-invalid" } });
    expect(await readTree(dir)).toEqual({});
  });
});
