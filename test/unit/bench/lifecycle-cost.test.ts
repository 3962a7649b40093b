import { mkdir, symlink, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  amountOf,
  exportTime,
  packLayers,
  restoreTime,
} from "../../bench/builds/lifecycle-cost.ts";
import { lstatIfAny } from "../../../src/system/files.ts";
import { makeTree } from "../../support/tree.ts";

async function twoLayers() {
  const root = await makeTree({
    "a b/gems/one": "12345",
    "a b/gems/in/two": "67",
    "c/ruby/three": "",
  });
  await symlink("one", join(root, "a b/gems/link"));
  return { root, layers: [join(root, "a b/gems"), join(root, "c/ruby")] };
}

test("counts regular files and their bytes", async () => {
  const { layers } = await twoLayers();
  expect(await amountOf(layers)).toEqual({ files: 3, bytes: 7 });
  expect(await amountOf([])).toEqual({ files: 0, bytes: 0 });
});

test("makes an archive of each layer, unpacks them all, and removes them", async () => {
  const { root, layers } = await twoLayers();
  const archives = join(root, "archives");
  await packLayers(layers, archives);
  expect(await readdir(archives)).toEqual(["1.tar", "2.tar"]);
  expect(await restoreTime(archives)).toBeGreaterThan(0);
  expect(await lstatIfAny(archives)).toBeUndefined();
});

test("an archive that cannot be unpacked is an error, and not a fast restore", async () => {
  const { root, layers } = await twoLayers();
  const archives = join(root, "archives");
  await packLayers(layers, archives);
  await mkdir(join(archives, "2"));
  await expect(restoreTime(archives)).rejects.toThrow("File exists");
});

test("a layer that cannot be read is an error, and not a fast export", async () => {
  const { root, layers } = await twoLayers();
  expect(await exportTime(layers)).toBeGreaterThan(0);
  await expect(exportTime([...layers, join(root, "absent")])).rejects.toThrow("absent");
});
