import { chmod, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeBuildPlan } from "../../../src/cnb/build-plan.ts";
import { buildPlanSchema } from "../../../src/cnb/build-plan-schema.ts";
import { parseToml } from "../../../src/toml.ts";
import { makeTree, modeOf, readTree } from "../../support/tree.ts";

const withAlternatives = {
  provides: [{ name: "ruby" }],
  requires: [{ name: "ruby" }, { name: "node", metadata: { build: true, version: "22" } }],
  or: [
    { provides: [{ name: "ruby" }], requires: [{ name: "ruby" }, { name: "yarn" }] },
    { provides: [{ name: "ruby" }], requires: [] },
  ],
};

describe("Build Plan (TOML)", () => {
  test("writes provides, requires with their metadata, and alternatives", async () => {
    const dir = await makeTree({ plan: "" });
    await writeBuildPlan(join(dir, "plan"), withAlternatives);
    expect(parseToml((await readTree(dir))["plan"] ?? "")).toEqual({
      provides: [{ name: "ruby" }],
      requires: [{ name: "ruby" }, { name: "node", metadata: { build: true, version: "22" } }],
      or: [
        { provides: [{ name: "ruby" }], requires: [{ name: "ruby" }, { name: "yarn" }] },
        { provides: [{ name: "ruby" }] },
      ],
    });
  });

  test("leaves the file empty if the plan is empty", async () => {
    const dir = await makeTree({ plan: "" });
    await writeBuildPlan(join(dir, "plan"), { provides: [], requires: [], or: [] });
    expect(await readTree(dir)).toEqual({ plan: "" });
  });

  test("writes into the platform's file without changing its mode", async () => {
    const dir = await makeTree({ plan: "" });
    const path = join(dir, "plan");
    await chmod(path, 0o600);
    const { ino } = await stat(path);
    await writeBuildPlan(path, withAlternatives);
    expect(await modeOf(path)).toBe(0o600);
    expect((await stat(path)).ino).toBe(ino);
  });

  test("what it writes is read back", async () => {
    const dir = await makeTree({ plan: "" });
    await writeBuildPlan(join(dir, "plan"), withAlternatives);
    const written = parseToml((await readTree(dir))["plan"] ?? "");
    expect(buildPlanSchema.parse(written)).toEqual(withAlternatives);
  });

  test("reads an empty file as an empty plan", () => {
    expect(buildPlanSchema.parse({})).toEqual({ provides: [], requires: [], or: [] });
  });

  test("refuses a version next to the name, which lifecycles reject", () => {
    const result = buildPlanSchema.safeParse({ requires: [{ name: "node", version: "22" }] });
    expect(result.error?.issues.map(({ path }) => path.join("."))).toEqual(["requires.0.version"]);
  });

  test("accepts an entry without a name, as lifecycles do", () => {
    expect(buildPlanSchema.safeParse({ provides: [{}] }).success).toBe(true);
  });
});
