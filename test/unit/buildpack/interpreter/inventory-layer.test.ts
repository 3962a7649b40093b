import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openInventoryCache } from "../../../../src/buildpack/interpreter/inventory-layer.ts";
import { addToTree, makeTree, readTree } from "../../../support/tree.ts";

const operator = (digit: string) =>
  `https://user:t0ps3cret@example.com/inventory.toml#sha256=${digit.repeat(64)}`;

test("keeps what is in it while the checksum stays, wherever the file comes from", async () => {
  const layersDir = await makeTree();
  await addToTree(await openInventoryCache(layersDir, operator("a")), { "a.toml": "" });
  const moved = operator("a").replace("example.com", "elsewhere.example.com");
  expect(await readTree(await openInventoryCache(layersDir, moved))).toEqual({ "a.toml": "" });
});

test("is empty for another checksum", async () => {
  const layersDir = await makeTree();
  await addToTree(await openInventoryCache(layersDir, operator("a")), { "a.toml": "" });
  expect(await readTree(await openInventoryCache(layersDir, operator("b")))).toEqual({});
});

test("is cached, is not part of the image, and remembers no credentials", async () => {
  const layersDir = await makeTree();
  await openInventoryCache(layersDir, operator("a"));
  expect(await readFile(join(layersDir, "inventory.toml"), "utf8")).toBe(
    "[types]\nlaunch = false\nbuild = false\ncache = true\n\n" +
      `[metadata]\nchecksum = "sha256=${"a".repeat(64)}"\n`,
  );
});
