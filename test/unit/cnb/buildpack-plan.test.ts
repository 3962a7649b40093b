import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readBuildpackPlan } from "../../../src/cnb/buildpack-plan.ts";
import { makeTree } from "../../support/tree.ts";

async function read(toml: string) {
  return await readBuildpackPlan(join(await makeTree({ "plan.toml": toml }), "plan.toml"));
}

describe("Buildpack Plan (TOML)", () => {
  test("keeps every entry in order, even with the same name", async () => {
    const plan = await read(`
      [[entries]]
      name = "ruby"
      [entries.metadata]
      version = "3.4"
      [[entries]]
      name = "ruby"
    `);
    expect(plan.entries).toEqual([
      { name: "ruby", metadata: { version: "3.4" } },
      { name: "ruby", metadata: {} },
    ]);
  });

  test("is empty if nothing was required", async () => {
    expect(await read("")).toEqual({ entries: [] });
  });

  test("is rejected with the key if an entry has no name", async () => {
    await expect(read("[[entries]]\nnome = 'ruby'\n")).rejects.toMatchObject({
      failure: { code: "cnb/file-invalid", problem: expect.stringMatching(/^entries\.0\.name: /) },
    });
  });

  test("is rejected if it is missing", async () => {
    const path = join(await makeTree(), "plan.toml");
    await expect(readBuildpackPlan(path)).rejects.toMatchObject({
      failure: { code: "cnb/file-invalid", path, problem: "it is missing" },
    });
  });
});
