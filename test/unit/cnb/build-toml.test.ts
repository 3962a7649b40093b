import { describe, expect, test } from "vitest";
import { writeBuildToml } from "../../../src/cnb/build-toml.ts";
import { parseToml } from "../../../src/toml.ts";
import { makeTree, readTree } from "../../support/tree.ts";

const plan = {
  entries: [
    { name: "node", metadata: {} },
    { name: "ruby", metadata: {} },
  ],
};

describe("Unmet Buildpack Plan Entries", () => {
  test("names the entries that a later buildpack must satisfy", async () => {
    const layers = await makeTree();
    await writeBuildToml(layers, ["node"], plan);
    expect(parseToml((await readTree(layers))["build.toml"] ?? "")).toEqual({
      unmet: [{ name: "node" }],
    });
  });

  test("says nothing where all are met", async () => {
    const layers = await makeTree();
    await writeBuildToml(layers, [], plan);
    expect(await readTree(layers)).toEqual({ "build.toml": "" });
  });

  test("refuses a name that is not in the plan, since lifecycles fail the build over it", async () => {
    const layers = await makeTree();
    await expect(writeBuildToml(layers, ["python"], plan)).rejects.toMatchObject({
      failure: { code: "cnb/file-invalid", problem: expect.stringContaining("python") },
    });
    expect(await readTree(layers)).toEqual({});
  });
});
