import { join } from "node:path";
import { expect, test } from "vitest";
import { setEnvironment } from "../../../../src/buildpack/environment/set-environment.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { lockedWith } from "../../../support/builds/locked.ts";
import { makeInstalled } from "../../../support/installed.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

test.each([
  ["7.0.2", { PUMA_PERSISTENT_TIMEOUT: "20" }, true],
  ["7.0.2", {}, false],
  ["7.0.3", { PUMA_PERSISTENT_TIMEOUT: "20" }, false],
])("puma %s with %j causes a warning: %s", async (puma, userEnv, warned) => {
  const layersDir = await makeTree();
  const context = makeBuildContext({ input: { layersDir }, userEnv });
  const project = { credentials: false, locked: lockedWith({ puma }) };
  await setEnvironment(context, project, makeInstalled(layersDir, "/workspace"));
  const warning = `puma ${puma} does not keep connections alive. Run \`bundle update puma\``;
  expect(context.log().includes(warning)).toBe(warned);
});

test("SOURCE_VERSION of the build is a default when the app runs", async () => {
  const project = { credentials: false, locked: lockedWith({}) };
  for (const [userEnv, expected] of [
    [{ SOURCE_VERSION: "0a1b2c\n" }, { "SOURCE_VERSION.default": "0a1b2c" }],
    [{}, {}],
  ] as const) {
    const layersDir = await makeTree();
    const context = makeBuildContext({ input: { layersDir }, userEnv });
    await setEnvironment(context, project, makeInstalled(layersDir, "/workspace"));
    expect(await readTree(join(layersDir, "variables/env.launch")).catch(() => ({}))).toEqual(
      expected,
    );
  }
});
