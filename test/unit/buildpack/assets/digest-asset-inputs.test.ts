import { createHmac } from "node:crypto";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { digestAssetInputs } from "../../../../src/buildpack/assets/digest-asset-inputs.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

const platform = {
  "app/app/a.css": "a",
  "layers/lapidary_ruby/gems.toml": "gems",
  "layers/lapidary_ruby/ruby.toml": "ruby",
  "layers/lapidary_ruby/jemalloc.toml": "jemalloc",
  "layers/heroku_nodejs/node.toml": "node",
};

interface Inputs {
  files?: Record<string, string>;
  userEnv?: Record<string, string>;
  env?: Record<string, string>;
}

const keyedDigest = (parts: readonly string[]) =>
  createHmac("sha256", "key").update(JSON.stringify(parts)).digest("hex");

async function digest({ files = {}, userEnv = {}, env = {} }: Inputs = {}, root?: string) {
  const place = root ?? (await makeTree(platform));
  await addToTree(place, files);
  const input = { appDir: join(place, "app"), layersDir: join(place, "layers/lapidary_ruby") };
  const context = makeBuildContext({ input, userEnv, env: { PATH: "/usr/bin", ...env } });
  return await digestAssetInputs(context, keyedDigest);
}

describe("what precompiled assets depend on", () => {
  test.each<["environment" | "layers", Inputs]>([
    ["environment", { userEnv: { RAILS_ENV: "staging" } }],
    ["environment", { env: { PATH: "/opt/bin" } }],
    ["layers", { files: { "layers/lapidary_ruby/gems.toml": "other" } }],
    ["layers", { files: { "layers/lapidary_ruby/ruby.toml": "other" } }],
    ["layers", { files: { "layers/lapidary_ruby/bundler.toml": "other" } }],
    ["layers", { files: { "layers/heroku_nodejs/node.toml": "other" } }],
    ["layers", { files: { "layers/paketo-buildpacks_yarn/yarn.toml": "new" } }],
  ])("%s: %j changes it, and nothing else", async (kind, change) => {
    const root = await makeTree(platform);
    const before = await digest({}, root);
    const after = await digest(change, root);
    const changed = Object.keys(before).filter(
      (name) => before[name as typeof kind] !== after[name as typeof kind],
    );
    expect(changed).toEqual([kind]);
  });

  test.each<Inputs>([
    { env: { HOSTNAME: "b1946ac92492" } },
    { env: { CNB_EXEC_ENV: "production" } },
    { files: { "layers/lapidary_ruby/jemalloc.toml": "other" } },
  ])("not on %j", async (change) => {
    const root = await makeTree(platform);
    expect(await digest(change, root)).toEqual(await digest({}, root));
  });

  test("contains no value", async () => {
    const digests = await digest({ userEnv: { STRIPE_KEY: "hunter2" } });
    for (const value of Object.values(digests)) expect(value).toMatch(/^[0-9a-f]{16}$/);
  });

  test("the environment's digest depends on a key that is not in the label", async () => {
    const input = { appDir: await makeTree(), layersDir: await makeTree(platform) };
    const context = makeBuildContext({ input, userEnv: { STRIPE_KEY: "hunter2" } });
    const other = (parts: readonly string[]) => `other ${keyedDigest(parts)}`;
    const [one, two] = [
      await digestAssetInputs(context, keyedDigest),
      await digestAssetInputs(context, other),
    ];
    expect(one.environment).not.toBe(two.environment);
    expect({ ...one, environment: "" }).toEqual({ ...two, environment: "" });
  });

  test("ignores other layers if ours are not where platforms put them", async () => {
    const input = { appDir: await makeTree(), layersDir: await makeTree(platform) };
    const context = makeBuildContext({ input });
    expect(await digestAssetInputs(context, keyedDigest)).toEqual(
      await digestAssetInputs(context, keyedDigest),
    );
  });
});
