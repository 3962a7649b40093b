import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { extractLayer } from "../../../src/system/extract-layer.ts";
import { tarball } from "../../support/packages/tarball.ts";
import { makeTree, modeOf, readTree } from "../../support/tree.ts";

async function layer(...entries: Parameters<typeof tarball>[0]): Promise<string> {
  const path = join(await makeTree(), "layer");
  await writeFile(path, gzipSync(tarball(entries)));
  return path;
}

test("a layer's absolute names stand below the directory, with their modes", async () => {
  const directory = await makeTree();
  const tool = { path: "/layers/x/bin/tool", body: "tool", mode: 0o751 };
  await extractLayer(await layer(tool), join(directory, "root"));
  expect(await readTree(directory)).toEqual({ "root/layers/x/bin/tool": "tool" });
  expect(await modeOf(join(directory, "root/layers/x/bin/tool"))).toBe(0o751);
});

test("an archive that leads out through a link of its own is refused", async () => {
  const [outside, directory] = [await makeTree(), await makeTree()];
  const link = { path: "/out", type: "SymbolicLink", linkpath: outside } as const;
  const file = { path: "/out/file", body: "x" };
  await extractLayer(await layer(link, file), directory).catch(() => {});
  expect(await readTree(outside)).toEqual({});
});

test("what is no archive is told in tar's words", async () => {
  const directory = await makeTree({ file: "no archive" });
  const extracted = extractLayer(join(directory, "file"), join(directory, "root"));
  await expect(extracted).rejects.toThrow("tar: ");
});
