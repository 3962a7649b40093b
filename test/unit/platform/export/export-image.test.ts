import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDockerArchive } from "../../../../src/oci/docker-archive.ts";
import type { ImageLocation } from "../../../../src/platform/export/image-location.ts";
import { readImage } from "../../../../src/oci/layout.ts";
import { exportImage } from "../../../../src/platform/export/export-image.ts";
import { makeLauncher } from "../../../../src/platform/export/launcher.ts";
import { readStoredBuild } from "../../../../src/platform/state/stored-build.ts";
import { openDirectSandbox } from "../../../support/direct-sandbox.ts";
import { makeImage } from "../../../support/images/image.ts";
import { type LocalPlatform, makePlatform } from "../../../support/builds/local-platform.ts";
import { makeBuildpack } from "../../../support/buildpacks/tiny-buildpack.ts";
import { makeTree } from "../../../support/tree.ts";
import { imageWorld } from "../../../support/images/image-world.ts";

const filled = (name: string, types: string) =>
  `layer ${name} ${types}; echo content > "$CNB_LAYERS_DIR/${name}/file"`;
const first = `${filled("kept", "launch cache")}\n${filled("only", "launch")}`;
const second = "types kept launch cache; types only launch";

/** Exports the current build of a platform; the digests that the label and the image have. */
async function exportCurrent({ root, state }: LocalPlatform, tags: readonly ImageLocation[] = []) {
  const build = await readStoredBuild(state);
  if (!build?.ids) throw new Error("nothing was built");
  const layout = join(root, "image");
  await mkdir(layout, { recursive: true });
  const exported = await exportImage({
    ...{ build, ids: build.ids, name: "app:latest", work: join(root, "work"), world: imageWorld },
    runImage: await makeImage(await makeTree(), ["base"]),
    launcher: await makeLauncher(build, "0.1.0"),
    destination: { kind: "oci", path: layout, name: undefined },
    tags,
  });
  const { config } = await readImage(layout, { architecture: "amd64" });
  const layers = Object.values(build.image.buildpacks[0]?.layers ?? {});
  return { exported, stated: layers.map(({ sha }) => sha), diffIds: config.rootfs.diff_ids };
}

describe("exportImage of stored builds", () => {
  test("the digests in the label match the image, reused layers included", async () => {
    const platform = await makePlatform();
    await platform.build([await makeBuildpack({ build: first })]);
    const before = await exportCurrent(platform);
    expect(before.stated).toHaveLength(2);
    expect(before.diffIds).toEqual(expect.arrayContaining(before.stated));
    await platform.build([await makeBuildpack({ build: second })]);
    const after = await exportCurrent(platform);
    expect(after.stated).toEqual(before.stated);
    expect(after.exported.layers.filter(({ reused }) => !reused)).toEqual([]);
  });

  test("one image gets several tags in a layout, and names in an archive", async () => {
    const platform = await makePlatform();
    await platform.build([await makeBuildpack({ build: first })]);
    const [path, archive] = [join(platform.root, "image"), join(platform.root, "image.tar")];
    const { exported } = await exportCurrent(platform, [
      { kind: "oci", path, name: "v1" },
      { kind: "docker-archive", path: archive, name: "shop:v1" },
      { kind: "docker-archive", path: archive, name: "shop:v2" },
    ]);
    for (const name of ["latest", "v1"]) {
      expect(await readImage(path, { name, architecture: "amd64" })).toMatchObject({
        reference: exported.digest,
      });
    }
    const { config } = await readImage(path, { name: "v1", architecture: "amd64" });
    for (const name of ["shop:v1", "shop:v2"]) {
      expect((await readDockerArchive(archive, { name, work: await makeTree() })).config).toEqual(
        config,
      );
    }
  });

  test("another owner of the files makes different layers, even if nothing was written", async (context) => {
    if (process.getuid?.() !== 0) context.skip("only root can build as another user");
    const platform = await makePlatform();
    await platform.build([await makeBuildpack({ build: first })]);
    const before = await exportCurrent(platform);
    const ids = { uid: 1234, gid: 1234 };
    const openSandbox: typeof openDirectSandbox = async (request) => {
      return { ...(await openDirectSandbox(request)), ids };
    };
    await platform.build([await makeBuildpack({ build: second })], { openSandbox });
    const after = await exportCurrent(platform);
    expect(after.diffIds).toEqual(expect.arrayContaining(after.stated));
    for (const sha of after.stated) expect(before.stated).not.toContain(sha);
  });
});
