import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDetectInput } from "../../../src/cnb/detect-input.ts";
import { makeTree } from "../../support/tree.ts";

async function platformGives() {
  const root = await makeTree({
    "platform/env/RAILS_ENV": "staging",
    plan: "",
  });
  const env = {
    CNB_PLATFORM_DIR: join(root, "platform"),
    CNB_BUILD_PLAN_PATH: join(root, "plan"),
  };
  return { root, env, cwd: "/workspace", args: [] as string[] };
}

describe("Buildpack Interface, Detection", () => {
  test("reads its input from the environment", async () => {
    const given = await platformGives();
    expect(await readDetectInput(given)).toMatchObject({
      appDir: "/workspace",
      platform: { dir: join(given.root, "platform"), env: { RAILS_ENV: "staging" } },
      buildPlanPath: join(given.root, "plan"),
    });
  });

  test("prefers the environment to the deprecated positional arguments", async () => {
    const given = await platformGives();
    const input = await readDetectInput({ ...given, args: ["/other", "/other/plan"] });
    expect(input.platform.dir).toBe(given.env.CNB_PLATFORM_DIR);
    expect(input.buildPlanPath).toBe(given.env.CNB_BUILD_PLAN_PATH);
  });

  test("uses positional arguments if the environment says nothing", async () => {
    const { env, cwd } = await platformGives();
    const { CNB_PLATFORM_DIR: platform, CNB_BUILD_PLAN_PATH: plan, ...rest } = env;
    const emptied = { ...rest, CNB_PLATFORM_DIR: "" };
    const input = await readDetectInput({ env: emptied, cwd, args: [platform, plan] });
    expect(input.platform).toMatchObject({ dir: platform, env: { RAILS_ENV: "staging" } });
    expect(input.buildPlanPath).toBe(plan);
  });

  test.each(["CNB_PLATFORM_DIR", "CNB_BUILD_PLAN_PATH"])(
    "says that %s is missing",
    async (variable) => {
      const given = await platformGives();
      const env = { ...given.env, [variable]: undefined };
      await expect(readDetectInput({ ...given, env })).rejects.toMatchObject({
        failure: { code: "cnb/input-missing", variable, phase: "detect" },
      });
    },
  );
});
