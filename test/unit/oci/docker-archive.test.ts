import { execFileSync } from "node:child_process";
import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readDockerArchive, writeDockerArchive } from "../../../src/oci/docker-archive.ts";
import { makeImage } from "../../support/images/image.ts";
import { addToTree, makeTree } from "../../support/tree.ts";

const failing = (problem: string) => ({
  failure: { code: "image/invalid", problem: expect.stringContaining(problem) },
});

async function unpack(archive: string): Promise<string> {
  const directory = await makeTree();
  execFileSync("tar", ["--extract", "--file", archive, "--directory", directory]);
  return directory;
}

async function pack(directory: string): Promise<string> {
  const archive = join(await makeTree(), "image.tar");
  execFileSync("tar", ["--create", "--file", archive, "--directory", directory, "."]);
  return archive;
}

describe("a Docker archive", () => {
  test("lists config, layers and tags in manifest.json, and can be read again", async () => {
    const work = await makeTree();
    const { config, layers } = await makeImage(work, ["one", "two"]);
    const twice = [...layers, ...layers.slice(0, 1)];
    const diffIds = twice.map(({ diffId }) => diffId);
    const rootfs = { ...config.rootfs, diff_ids: diffIds };
    const image = { config: { ...config, rootfs }, layers: twice };
    const path = join(work, "image.tar");
    await writeDockerArchive(path, image, ["shop:latest"]);
    expect((await readdir(work)).sort()).toEqual(["blobs", "image.tar"]);
    const names = await readdir(await unpack(path));
    // The layer that occurs twice is there once.
    expect(names.filter((name) => name.endsWith(".tar.gz"))).toHaveLength(2);
    const read = await readDockerArchive(path, { name: "shop:latest", work: await makeTree() });
    expect(read.config).toEqual(image.config);
    expect(read.layers.map(({ digest }) => digest)).toEqual(
      image.layers.map(({ digest }) => digest),
    );
  });

  test("may contain uncompressed layers, which engines write", async () => {
    const work = await makeTree();
    const image = await makeImage(work, ["one"]);
    const directory = await makeTree();
    const layer = gunzipSync(await readFile(image.layers[0]?.path ?? ""));
    await addToTree(directory, {
      "c.json": JSON.stringify(image.config),
      "manifest.json": JSON.stringify([{ Config: "c.json", Layers: ["x/layer.tar"] }]),
      "x/": "",
    });
    await writeFile(join(directory, "x/layer.tar"), layer);
    const read = await readDockerArchive(await pack(directory), { work: await makeTree() });
    expect(read.layers).toMatchObject([{ diffId: image.config.rootfs.diff_ids[0] }]);
    expect(read.layers[0]?.mediaType).toBe("application/vnd.oci.image.layer.v1.tar+gzip");
    // A layer that is another than its config says is not taken.
    await writeFile(join(directory, "x/layer.tar"), Buffer.alloc(1024));
    const refused = readDockerArchive(await pack(directory), { work: await makeTree() });
    await expect(refused).rejects.toMatchObject(failing("its config says"));
  });

  test("may have a link in place of a layer that occurs twice, as older engines write it", async () => {
    const { config } = await makeImage(await makeTree(), ["one"]);
    const [diffId = ""] = config.rootfs.diff_ids;
    const image = await makeImage(await makeTree(), ["one"]);
    const layer = gunzipSync(await readFile(image.layers[0]?.path ?? ""));
    const twice = { ...config, rootfs: { ...config.rootfs, diff_ids: [diffId, diffId] } };
    const layers = ["a/layer.tar", "b/layer.tar"];
    const directory = await makeTree({
      "c.json": JSON.stringify(twice),
      "manifest.json": JSON.stringify([{ Config: "c.json", Layers: layers }]),
      "a/": "",
      "b/": "",
    });
    await writeFile(join(directory, "a/layer.tar"), layer);
    await symlink("../a/layer.tar", join(directory, "b/layer.tar"));
    const read = await readDockerArchive(await pack(directory), { work: await makeTree() });
    expect(read.layers).toMatchObject([{ diffId }, { diffId }]);
  });

  test("is refused by its name if it does not exist", async () => {
    const refused = readDockerArchive("/no/image.tar", { work: await makeTree() });
    await expect(refused).rejects.toMatchObject(failing("there is no such file"));
  });

  test("is refused if it is not one, or names a file outside of itself", async () => {
    const none = await pack(await makeTree({ a: "" }));
    const refused = readDockerArchive(none, { work: await makeTree() });
    await expect(refused).rejects.toMatchObject(failing("not an archive made by `docker save`"));
    const manifest = JSON.stringify([{ Config: "../../etc/passwd", Layers: [] }]);
    const hostile = await pack(await makeTree({ "manifest.json": manifest }));
    const alsoRefused = readDockerArchive(hostile, { work: await makeTree() });
    await expect(alsoRefused).rejects.toMatchObject(failing("leads out of the archive"));
  });
});
