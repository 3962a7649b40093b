import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDetectInput } from "../../../src/cnb/detect-input.ts";
import { makeTree } from "../../support/tree.ts";

const descriptor = 'api = "0.10"\n[buildpack]\nid = "some/buildpack"\nversion = "1.2.3"\n';

async function platformGives() {
  const root = await makeTree({
    "bp/buildpack.toml": descriptor,
    "platform/env/RAILS_ENV": "staging",
    plan: "",
  });
  const env = {
    CNB_BUILDPACK_DIR: join(root, "bp"),
    CNB_PLATFORM_DIR: join(root, "platform"),
    CNB_BUILD_PLAN_PATH: join(root, "plan"),
    CNB_TARGET_OS: "linux",
    CNB_TARGET_ARCH: "arm64",
    CNB_TARGET_DISTRO_NAME: "ubuntu",
    CNB_TARGET_DISTRO_VERSION: "24.04",
  };
  return { root, env, cwd: "/workspace", args: [] as string[] };
}

describe("Buildpack Interface, Detection", () => {
  test("reads its input from the environment", async () => {
    const given = await platformGives();
    expect(await readDetectInput(given)).toMatchObject({
      appDir: "/workspace",
      buildpackDir: join(given.root, "bp"),
      descriptor: { buildpack: { id: "some/buildpack" } },
      platform: { dir: join(given.root, "platform"), env: { RAILS_ENV: "staging" } },
      target: { os: "linux", arch: "arm64", distro: { name: "ubuntu", version: "24.04" } },
      buildPlanPath: join(given.root, "plan"),
    });
  });

  test("prefers the environment to the deprecated positional arguments", async () => {
    const given = await platformGives();
    const input = await readDetectInput({ ...given, args: ["/other", "/other/plan"] });
    expect(input.platform.dir).toBe(given.env.CNB_PLATFORM_DIR);
    expect(input.buildPlanPath).toBe(given.env.CNB_BUILD_PLAN_PATH);
  });

  test("takes positional arguments where the environment says nothing", async () => {
    const { env, cwd } = await platformGives();
    const { CNB_PLATFORM_DIR: platform, CNB_BUILD_PLAN_PATH: plan, ...rest } = env;
    const emptied = { ...rest, CNB_PLATFORM_DIR: "" };
    const input = await readDetectInput({ env: emptied, cwd, args: [platform, plan] });
    expect(input.platform).toMatchObject({ dir: platform, env: { RAILS_ENV: "staging" } });
    expect(input.buildPlanPath).toBe(plan);
  });

  test.each(["CNB_PLATFORM_DIR", "CNB_BUILD_PLAN_PATH", "CNB_BUILDPACK_DIR"])(
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

describe("Buildpack API Compatibility", () => {
  test("refuses a descriptor of another API than the one implemented here", async () => {
    const given = await platformGives();
    const dir = await makeTree({ "buildpack.toml": descriptor.replace("0.10", "0.12") });
    const env = { ...given.env, CNB_BUILDPACK_DIR: dir };
    await expect(readDetectInput({ ...given, env })).rejects.toMatchObject({
      failure: { code: "cnb/buildpack-api-unsupported", api: "0.12" },
    });
  });
});
