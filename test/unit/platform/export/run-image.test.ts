import { chmod, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { writeDockerArchive } from "../../../../src/oci/docker-archive.ts";
import { refName, writeImage, writeIndex } from "../../../../src/oci/layout.ts";
import { openRunImage, readImageAt } from "../../../../src/platform/export/run-image.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeImage } from "../../../support/images/image.ts";
import { readTar } from "../../../support/packages/read-package.ts";
import { makeTree } from "../../../support/tree.ts";
import { imageWorld } from "../../../support/images/image-world.ts";

const target = { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } };
const ids = { uid: 1002, gid: 1000 };

const root = {
  "etc/os-release": "ID=debian",
  "proc/self": "x",
  "sys/y": "",
  "dev/z": "",
  "bin/": "",
};

describe("openRunImage", () => {
  test("turns a root file system into an image of one layer, without the kernel's directories", async () => {
    const path = await makeTree(root);
    await symlink("usr/lib", join(path, "lib"));
    await chmod(join(path, "bin"), 0o750);
    const work = await makeTree();
    const image = await openRunImage({
      source: { root: path },
      target,
      ids,
      work,
      world: imageWorld,
    });
    const layer = gunzipSync(await readFile(image.layers[0]?.path ?? ""));
    const entries = await readTar(layer);
    expect(entries.map((entry) => `${entry.mode.toString(8)} ${entry.path}`)).toEqual([
      ...["750 /bin", "755 /dev", "755 /etc", "644 /etc/os-release", "777 /lib"],
      ...["755 /proc", "755 /sys"],
    ]);
    expect(entries[0]).toMatchObject({ uid: process.getuid?.(), gid: process.getgid?.() });
    expect(image.config).toMatchObject({
      architecture: "amd64",
      os: "linux",
      config: {
        User: "1002:1000",
        Labels: {
          "io.buildpacks.base.distro.name": "debian",
          "io.buildpacks.base.distro.version": "12",
        },
      },
    });
  });

  test("names what this user may not read", async ({ skip }) => {
    if (process.getuid?.() === 0) skip("root may read everything");
    const [path, work] = [await makeTree(root), await makeTree()];
    const unreadable = join(path, "etc/private");
    await mkdir(unreadable, { mode: 0 });
    const request = { source: { root: path }, target, ids, work, world: imageWorld };
    expect(await failureOf(openRunImage(request))).toEqual({
      code: "image/root-unreadable",
      root: path,
      path: unreadable,
    });
  });

  test("reads a root file system again only if something in it has changed", async () => {
    const [path, work] = [await makeTree(root), await makeTree()];
    const open = async () =>
      await openRunImage({ source: { root: path }, target, ids, work, world: imageWorld });
    const first = await open();
    const blob = first.layers[0]?.path ?? "";
    const { mtimeMs } = await stat(blob);
    expect(await open()).toEqual(first);
    expect((await stat(blob)).mtimeMs).toBe(mtimeMs);
    await writeFile(join(path, "etc/os-release"), "ID=ubuntu");
    expect((await open()).layers[0]?.diffId).not.toBe(first.layers[0]?.diffId);
  });

  test("reads an image from a layout by its tag, and from a Docker archive", async () => {
    const [layout, work] = [await makeTree(), await makeTree()];
    const image = await makeImage(await makeTree(), ["a"], { labels: { from: "here" } });
    const entry = await writeImage(layout, image);
    await writeIndex(layout, [{ ...entry, annotations: { [refName]: "v1" } }]);
    const archive = join(work, "image.tar");
    await writeDockerArchive(archive, image, ["shop:v1"]);
    const read = async (kind: "oci" | "docker-archive", path: string, name: string) =>
      await readImageAt({ kind, path, name }, "amd64", join(work, "run-image"), imageWorld);
    expect((await read("oci", layout, "v1")).config).toEqual(image.config);
    expect((await read("docker-archive", archive, "shop:v1")).config).toEqual(image.config);
    const failure = await failureOf(read("oci", layout, "v2"));
    expect(failure).toMatchObject({ code: "image/invalid" });
  });
});
