import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDockerArchive, writeDockerArchive } from "../../../../src/oci/docker-archive.ts";
import { readImage } from "../../../../src/oci/layout.ts";
import type { Image } from "../../../../src/oci/image.ts";
import { exportImage } from "../../../../src/platform/export/export-image.ts";
import { makeLauncher } from "../../../../src/platform/export/launcher.ts";
import type { BuildpackError } from "../../../../src/failure.ts";
import { exitCodeOf } from "../../../../src/platform/lifecycle/exit-code.ts";
import { rebaseApp } from "../../../../src/platform/rebase/rebase-app.ts";
import { rebaseImage } from "../../../../src/platform/rebase/rebase-image.ts";
import { nameImage, writeImage, writeIndex } from "../../../../src/oci/layout.ts";
import { builder, makeStoredBuild } from "../../../support/builds/stored-build.ts";
import { failureOf } from "../../../support/failure.ts";
import { imageWorld } from "../../../support/images/image-world.ts";
import { makeImage } from "../../../support/images/image.ts";
import { makeTree } from "../../../support/tree.ts";

const debian = (version: string) => ({
  "io.buildpacks.base.distro.name": "debian",
  "io.buildpacks.base.distro.version": version,
});

async function runImageOf(texts: readonly string[], version = "12", name?: string): Promise<Image> {
  const image = await makeImage(await makeTree(), texts, { labels: debian(version) });
  return { ...image, reference: "sha256:new", ...(name ? { name: { image: name } } : {}) };
}

/** An app of ours, on a run image that is called `example.com/run` if it has a name. */
async function exportApp(runImageName?: string): Promise<{ layout: string; app: Image }> {
  const layout = await makeTree();
  const build = await makeStoredBuild({ layers: { "gems/file": "x" } });
  await exportImage({
    ...{ build, ids: builder, name: "app:latest", work: await makeTree() },
    runImage: await runImageOf(["old"], "12", runImageName),
    launcher: await makeLauncher(build, "0.1.0"),
    destination: { kind: "oci", path: layout, name: undefined },
    world: imageWorld,
  });
  return { layout, app: await readImage(layout, { architecture: "amd64" }) };
}

function labelOf({ config }: Image): { runImage: object; stack?: object } {
  const label = config.config.Labels?.["io.buildpacks.lifecycle.metadata"];
  return JSON.parse(label ?? "") as { runImage: object; stack?: object };
}

describe("rebaseImage", () => {
  test("replaces the layers of the run image, and keeps the app's layers and settings", async () => {
    const { app } = await exportApp("example.com/run");
    const runImage = await runImageOf(["new", "newer"], "12", "example.com/run:2");
    const { image, overruled } = rebaseImage({ app, runImage, force: false, name: "app" });
    expect(overruled).toEqual([]);
    expect(image.config.rootfs.diff_ids).toEqual([
      ...runImage.config.rootfs.diff_ids,
      ...app.config.rootfs.diff_ids.slice(1),
    ]);
    expect(image.layers.map(({ diffId }) => diffId)).toEqual(image.config.rootfs.diff_ids);
    expect(image.config.config.Entrypoint).toEqual(app.config.config.Entrypoint);
    expect(labelOf(image)).toMatchObject({
      runImage: {
        image: "example.com/run",
        reference: "sha256:new",
        topLayer: runImage.config.rootfs.diff_ids[1],
      },
      stack: { runImage: { image: "example.com/run" } },
    });
  });

  test("accepts a run image without a name for an app whose label has none", async () => {
    const { app } = await exportApp();
    const runImage = await runImageOf(["new"]);
    const { image } = rebaseImage({ app, runImage, force: false, name: "app" });
    expect(labelOf(image).runImage).not.toHaveProperty("image");
  });

  test.each([
    ["another name", async () => await runImageOf(["new"], "12", "example.com/other"), "other"],
    ["another distribution", async () => await runImageOf(["new"], "13"), "debian 13"],
  ])("refuses %s, unless it is forced", async (_what, makeRunImage, words) => {
    const { app } = await exportApp("example.com/run");
    const request = { app, runImage: await makeRunImage(), name: "app" };
    const attempt = async () => rebaseImage({ ...request, force: false });
    expect(await failureOf(attempt())).toMatchObject({
      code: "image/rebase-refused",
      problem: expect.stringContaining(words),
      forceable: true,
    });
    const { overruled } = rebaseImage({ ...request, force: true });
    expect(overruled).toEqual([expect.stringContaining(words)]);
  });

  test("takes the name of a run image that it was forced to use", async () => {
    const { app } = await exportApp("example.com/run");
    const runImage = await runImageOf(["new"], "12", "example.com/other");
    const { image } = rebaseImage({ app, runImage, force: true, name: "app" });
    expect(labelOf(image)).toMatchObject({
      runImage: { image: "example.com/other" },
      stack: { runImage: { image: "example.com/other" } },
    });
  });

  test("refuses an image that no platform has built, forced or not", async () => {
    const [app, runImage] = [await runImageOf(["app"]), await runImageOf(["new"])];
    const attempt = async () => rebaseImage({ app, runImage, force: true, name: "app" });
    expect(await failureOf(attempt())).toMatchObject({
      code: "image/rebase-refused",
      forceable: false,
    });
  });
});

test("rebaseApp keeps the name of an image, and other images of its layout", async () => {
  const { layout } = await exportApp();
  const image = await readImage(layout, { architecture: "amd64" });
  await nameImage(layout, await writeImage(layout, image), ["other"], false);
  await nameImage(layout, await writeImage(layout, image), ["web"], true);
  const archive = join(layout, "shop.tar");
  await writeDockerArchive(archive, image, ["acme/shop:v1"]);
  const run = await makeTree();
  const runImage = await runImageOf(["second"]);
  await writeIndex(run, [await writeImage(run, runImage)]);
  for (const place of [`oci:${layout}`, `docker-archive:${archive}`]) {
    await rebaseApp({
      ...{ image: place, destination: place, runImage: `oci:${run}`, architecture: "amd64" },
      ...{ force: false, cwd: "/", world: imageWorld, printer: { plain: () => {} } as never },
    });
  }
  const read = async (name: string) => await readImage(layout, { name, architecture: "amd64" });
  expect((await read("web")).config.rootfs.diff_ids[0]).toBe(runImage.config.rootfs.diff_ids[0]);
  expect((await read("other")).config).toEqual(image.config);
  const { name } = await readDockerArchive(archive, { work: await makeTree() });
  expect(name).toEqual({ image: "acme/shop:v1" });
});

test("rebaseApp does not write over what is no image", async () => {
  const other = await makeTree({ Gemfile: "" });
  const rebased = rebaseApp({
    ...{ image: "oci:/nowhere", destination: `oci:${other}`, runImage: "oci:/nowhere" },
    ...{ architecture: "amd64", force: false, cwd: "/", world: imageWorld },
    printer: { plain: () => {} } as never,
  });
  expect(await failureOf(rebased)).toMatchObject({
    code: "platform/usage",
    problem: expect.stringContaining("contains other files than those of an image"),
  });
});

test("rebaseApp fails as a lifecycle's rebaser, with another exit code where the run image is missing", async () => {
  const { layout } = await exportApp();
  const missing = `oci:${await makeTree()}/missing`;
  const codeOf = async (image: string, destination: string, runImage: string) => {
    const rebased = rebaseApp({
      ...{ image, destination, runImage, architecture: "amd64", force: false, cwd: "/" },
      ...{ world: imageWorld, printer: { plain: () => {} } as never },
    });
    return exitCodeOf((await rebased.catch((error: unknown) => error)) as BuildpackError);
  };
  const app = `oci:${layout}`;
  expect(await codeOf(missing, app, app)).toBe(72);
  expect(await codeOf(app, app, missing)).toBe(1);
  expect(await codeOf(app, `docker-archive:${layout}/index.json/app.tar`, app)).toBe(72);
  expect(await codeOf(app, "no such kind:x", app)).toBe(3);
});

test("rebaseApp replaces the image of a layout by one that can be rebased again", async () => {
  const { layout } = await exportApp();
  for (const text of ["second", "third"]) {
    const run = await makeTree();
    const runImage = await runImageOf([text]);
    await writeIndex(run, [await writeImage(run, runImage)]);
    const lines: string[] = [];
    await rebaseApp({
      ...{ image: `oci:${layout}`, destination: `oci:${layout}`, runImage: `oci:${run}` },
      ...{ architecture: "amd64", force: false, cwd: "/", world: imageWorld },
      printer: { plain: (...printed: string[]) => void lines.push(...printed) } as never,
    });
    const { config } = await readImage(layout, { architecture: "amd64" });
    expect(config.rootfs.diff_ids[0]).toBe(runImage.config.rootfs.diff_ids[0]);
    expect(lines.join("\n")).toContain("layers of");
  }
});
