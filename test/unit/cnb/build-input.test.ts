import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readBuildInput } from "../../../src/cnb/build-input.ts";
import { makeTree } from "../../support/tree.ts";

async function platformGives() {
  const root = await makeTree({
    "bp/buildpack.toml":
      'api = "0.10"\n[buildpack]\nid = "some/buildpack"\nversion = "1.2.3"\nclear-env = true\n',
    "layers/store.toml": '[metadata]\nseen = "yes"\n',
    "platform/env/RAILS_ENV": "staging",
    "plan.toml": '[[entries]]\nname = "ruby"\n',
  });
  const env = {
    CNB_BUILDPACK_DIR: join(root, "bp"),
    CNB_LAYERS_DIR: join(root, "layers"),
    CNB_PLATFORM_DIR: join(root, "platform"),
    CNB_BP_PLAN_PATH: join(root, "plan.toml"),
    CNB_TARGET_OS: "linux",
    CNB_TARGET_ARCH: "amd64",
  };
  return { root, env, cwd: "/workspace", args: [] as string[] };
}

describe("Buildpack Interface, Build", () => {
  test("reads its input from the environment", async () => {
    const given = await platformGives();
    expect(await readBuildInput(given)).toMatchObject({
      appDir: "/workspace",
      layersDir: join(given.root, "layers"),
      buildpackDir: join(given.root, "bp"),
      descriptor: { buildpack: { id: "some/buildpack" } },
      target: { os: "linux", arch: "amd64" },
      plan: { entries: [{ name: "ruby", metadata: {} }] },
      store: { seen: "yes" },
    });
  });

  test("reads the user's environment from files, even if clear-env hides it", async () => {
    const { platform } = await readBuildInput(await platformGives());
    expect(platform.env).toEqual({ RAILS_ENV: "staging" });
  });

  test("uses positional arguments if the environment says nothing", async () => {
    const { env, cwd } = await platformGives();
    const args = [env.CNB_LAYERS_DIR, env.CNB_PLATFORM_DIR, env.CNB_BP_PLAN_PATH];
    const input = await readBuildInput({
      env: { CNB_BUILDPACK_DIR: env.CNB_BUILDPACK_DIR },
      cwd,
      args,
    });
    expect(input).toMatchObject({
      layersDir: env.CNB_LAYERS_DIR,
      platform: { dir: env.CNB_PLATFORM_DIR },
      plan: { entries: [{ name: "ruby" }] },
    });
  });

  test.each(["CNB_LAYERS_DIR", "CNB_PLATFORM_DIR", "CNB_BP_PLAN_PATH", "CNB_BUILDPACK_DIR"])(
    "says that %s is missing",
    async (variable) => {
      const given = await platformGives();
      const env = { ...given.env, [variable]: "" };
      await expect(readBuildInput({ ...given, env })).rejects.toMatchObject({
        failure: { code: "cnb/input-missing", variable, phase: "build" },
      });
    },
  );
});
