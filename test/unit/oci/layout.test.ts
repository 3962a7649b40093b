import { readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { IndexEntry } from "../../../src/oci/layout.ts";
import {
  nameImage,
  readImage,
  writeImage,
  writeIndex,
  writeNestedIndex,
} from "../../../src/oci/layout.ts";
import { makeImage } from "../../support/images/image.ts";
import { makeTree } from "../../support/tree.ts";

const named = (entry: IndexEntry, name: string): IndexEntry => ({
  ...entry,
  annotations: { "org.opencontainers.image.ref.name": name },
});

async function json(path: string): Promise<{ manifests?: unknown[] }> {
  return JSON.parse(await readFile(path, "utf8")) as { manifests?: unknown[] };
}

describe("image-spec: Image Layout", () => {
  test("writes oci-layout, index.json and each blob under its digest", async () => {
    const layout = await makeTree();
    const image = await makeImage(await makeTree(), ["one", "two"]);
    const entry = await writeImage(layout, image);
    await writeIndex(layout, [entry]);
    expect(await json(join(layout, "oci-layout"))).toEqual({ imageLayoutVersion: "1.0.0" });
    expect(await json(join(layout, "index.json"))).toEqual({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [entry],
    });
    expect(entry).toMatchObject({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      platform: { architecture: "amd64", os: "linux" },
    });
    const manifest = await json(join(layout, "blobs", entry.digest.replace(":", "/")));
    expect(manifest).toMatchObject({
      schemaVersion: 2,
      config: { mediaType: "application/vnd.oci.image.config.v1+json" },
      layers: image.layers.map(({ digest, size }) => ({ digest, size })),
    });
    // Two layers, config and manifest.
    expect(await readdir(join(layout, "blobs/sha256"))).toHaveLength(4);
  });

  test("reads what it has written", async () => {
    const layout = await makeTree();
    const image = await makeImage(await makeTree(), ["one", "two"]);
    await writeIndex(layout, [await writeImage(layout, image)]);
    const read = await readImage(layout, { architecture: "amd64" });
    expect(read.config).toEqual(image.config);
    expect(read.layers.map(({ diffId }) => diffId)).toEqual(image.config.rootfs.diff_ids);
    for (const { path, size } of read.layers) expect((await stat(path)).size).toBe(size);
  });

  test("reads the image of the given name, and from an index the one for the architecture", async () => {
    const [layout, work] = [await makeTree(), await makeTree()];
    const write = async (text: string, architecture: string) =>
      await writeImage(layout, await makeImage(work, [text], { architecture }));
    const both = [await write("a", "arm64"), await write("b", "amd64")];
    const nested = named(await writeNestedIndex(layout, both), "both");
    await writeIndex(layout, [named(await write("c", "amd64"), "single"), nested]);
    const diffIdOf = async (name: string, architecture: string) =>
      (await readImage(layout, { name, architecture })).config.rootfs.diff_ids[0];
    const expected = async (text: string) =>
      (await makeImage(work, [text])).config.rootfs.diff_ids[0];
    expect(await diffIdOf("both", "arm64")).toBe(await expected("a"));
    expect(await diffIdOf("both", "amd64")).toBe(await expected("b"));
    expect(await diffIdOf("single", "amd64")).toBe(await expected("c"));
    const missing = readImage(layout, { name: "single", architecture: "arm64" });
    await expect(missing).rejects.toMatchObject({ failure: { code: "image/invalid" } });
  });

  test("keeps its other images if one is named", async () => {
    const [layout, work] = [await makeTree(), await makeTree()];
    const write = async (text: string) => await writeImage(layout, await makeImage(work, [text]));
    await writeIndex(layout, [await write("unnamed")]);
    await nameImage(layout, await write("a"), ["web"], true);
    await nameImage(layout, await write("b"), ["worker", "latest"], true);
    const newer = await write("c");
    await nameImage(layout, newer, ["web"], true);
    const namesAndDigests = async (name: string) =>
      (await readImage(layout, { name, architecture: "amd64" })).reference;
    expect(await namesAndDigests("web")).toBe(newer.digest);
    expect(await namesAndDigests("worker")).toBe(await namesAndDigests("latest"));
    expect((await readImage(layout, { architecture: "amd64" })).reference).toBe(newer.digest);
    expect((await json(join(layout, "index.json"))).manifests).toHaveLength(3);
    await nameImage(layout, newer, ["latest"], false);
    expect((await json(join(layout, "index.json"))).manifests).toHaveLength(1);
    await writeFile(join(layout, "index.json"), "{");
    await nameImage(layout, newer, ["latest"], true);
    expect(await namesAndDigests("latest")).toBe(newer.digest);
  });

  test("is refused if a layer is a link, or has another size", async () => {
    const [layout, secret] = [await makeTree(), await makeTree({ file: "secret" })];
    const image = await makeImage(await makeTree(), ["a"]);
    await writeIndex(layout, [await writeImage(layout, image)]);
    const path = join(layout, "blobs", (image.layers[0]?.digest ?? "").replace(":", "/"));
    await rm(path);
    await symlink(join(secret, "file"), path);
    const read = async () => await readImage(layout, { architecture: "amd64" });
    await expect(read()).rejects.toMatchObject({
      failure: { path, problem: "it is not a regular file" },
    });
    await rm(path);
    await writeFile(path, "x");
    await expect(read()).rejects.toMatchObject({
      failure: { path, problem: expect.stringContaining("it has 1 bytes instead of") },
    });
  });

  test.each([
    ["without index.json", "index.json", "there is no such file"],
    ["with an index that is no JSON", "index.json", "JSON"],
  ])("a layout %s is refused by that file", async (title, file, problem) => {
    const layout = await makeTree();
    await writeIndex(layout, [await writeImage(layout, await makeImage(await makeTree(), ["a"]))]);
    if (title.startsWith("without")) await rm(join(layout, file));
    else await writeFile(join(layout, file), "{");
    await expect(readImage(layout, { architecture: "amd64" })).rejects.toMatchObject({
      failure: { path: join(layout, file), problem: expect.stringContaining(problem) },
    });
  });
});
