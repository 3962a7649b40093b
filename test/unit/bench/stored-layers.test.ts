import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cachedLayers, exportedLayers } from "../../bench/builds/stored-layers.ts";
import { addToTree, makeTree } from "../../support/tree.ts";

const types = { launch: true, build: false, cache: true, sha: "sha256:1" };

/** A state directory with a build that left a layer in the image, one in the cache, and one in both. */
async function stateOfBuild(): Promise<string> {
  const state = await makeTree();
  const build = join(state, "builds/1");
  const cache = {
    buildpacks: [
      {
        ...{ key: "test/one", version: "1.0.0" },
        layers: { both: types, assets: { ...types, launch: false }, lost: types },
      },
    ],
  };
  await addToTree(build, {
    "build.json": '{"platformApi":"0.12","inside":{"app":"/workspace","layers":"/layers"}}',
    "labels.json": "{}",
    "cache.json": JSON.stringify(cache),
    "image/layers/test_one/both/file": "",
    "image/layers/test_one/bootsnap/file": "",
    "cache/layers/test_one/assets/file": "",
  });
  await mkdir(join(state, "builds"), { recursive: true });
  await symlink("builds/1", join(state, "current"));
  return state;
}

test("a restorer gets the cached layers whose content exists, from where they are stored", async () => {
  const state = await stateOfBuild();
  expect(await cachedLayers(state)).toEqual([
    join(state, "builds/1/image/layers/test_one/both"),
    join(state, "builds/1/cache/layers/test_one/assets"),
  ]);
});

test("before the first build there is nothing to restore", async () => {
  expect(await cachedLayers(await makeTree())).toEqual([]);
});

test("an exporter reads the launch layers with content", async () => {
  const state = await stateOfBuild();
  const layer = { buildpack: "test/one", types: { launch: true, cache: false } };
  const layers = [
    { ...layer, name: "bootsnap", fate: "reused" },
    { ...layer, name: "both", fate: "changed" },
    { ...layer, name: "assets", fate: "created", types: { launch: false, cache: true } },
  ];
  const report = { durations: {}, timeline: [], runs: [], layers, image: { layers: [] } };
  expect(await exportedLayers(state, report)).toEqual([
    join(state, "builds/1/image/layers/test_one/both"),
  ]);
});
