import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Image } from "../../../../src/oci/image.ts";
import { readImage } from "../../../../src/oci/layout.ts";
import { adoptImages } from "../../../../src/platform/export/adopt-images.ts";
import { exportImage } from "../../../../src/platform/export/export-image.ts";
import { makeLauncher } from "../../../../src/platform/export/launcher.ts";
import { readStoredBuild } from "../../../../src/platform/state/stored-build.ts";
import { makeImage } from "../../../support/images/image.ts";
import { builder, makeStoredBuild } from "../../../support/builds/stored-build.ts";
import { makeTree, readTree } from "../../../support/tree.ts";
import { imageWorld } from "../../../support/images/image-world.ts";

/** An image that was exported, as it is found again. */
async function exportedImage(): Promise<Image> {
  const layout = await makeTree();
  const build = await makeStoredBuild({
    layers: { "secret/env.launch/KEY.default": "s3cret" },
    sboms: { "test_one/secret/sbom.cdx.json": "{}" },
  });
  await exportImage({
    ...{ build, ids: builder, name: "app:latest", work: await makeTree(), world: imageWorld },
    runImage: await makeImage(await makeTree(), ["base"]),
    launcher: await makeLauncher(build, "0.1.0"),
    destination: { kind: "oci", path: layout, name: undefined },
  });
  return await readImage(layout, { architecture: "amd64" });
}

const nothing = { image: false, cache: false };

describe("adoptImages", () => {
  test("makes the image the previous build, without a cache", async () => {
    const state = await makeTree();
    const image = await exportedImage();
    expect(await adoptImages(state, { image })).toEqual({ image: true, cache: false });
    const build = await readStoredBuild(state);
    expect(build).toMatchObject({
      inside: { app: "/workspace", layers: "/layers" },
      platformApi: "0.12",
      cache: { buildpacks: [] },
      image: {
        buildpacks: [
          {
            key: "test/one",
            layers: { secret: { launch: true, sha: image.config.rootfs.diff_ids[1] } },
            store: { metadata: { kept: "yes" } },
          },
        ],
      },
    });
    expect(await readTree(build?.app ?? "")).toEqual({ "config.ru": "run app" });
    expect(await readTree(build?.layers ?? "")).toMatchObject({
      "test_one/secret/env.launch/KEY.default": "s3cret",
      "sbom/launch/test_one/secret/sbom.cdx.json": "{}",
    });
    expect(await readdir(join(state, "builds/1"))).not.toContain("unpacked");
  });

  test("keeps the build of a state directory that has one", async () => {
    const state = await makeTree();
    const image = await exportedImage();
    await adoptImages(state, { image });
    expect(await adoptImages(state, { image })).toEqual(nothing);
    expect(await readdir(join(state, "builds"))).toEqual(["1"]);
  });

  test("ignores an image that no platform has built", async () => {
    const state = await makeTree();
    const image = await makeImage(await makeTree(), ["a"]);
    expect(await adoptImages(state, { image, cache: image })).toEqual(nothing);
    expect(await readStoredBuild(state)).toBeUndefined();
  });
});
