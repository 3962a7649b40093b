import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createPrinter } from "../../../../src/output/printer.ts";
import { createStyle } from "../../../../src/output/style.ts";
import { writeImage, writeIndex } from "../../../../src/oci/layout.ts";
import { prepareExport } from "../../../../src/platform/export/exporter.ts";
import type { ExporterRequest } from "../../../../src/platform/export/prepared-export.ts";
import { systemClock } from "../../../../src/system/clock.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeImage } from "../../../support/images/image.ts";
import { startFakeRegistry } from "../../../support/servers/fake-registry.ts";
import { makeTree } from "../../../support/tree.ts";
import { imageWorld } from "../../../support/images/image-world.ts";

const target = { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } };
const printer = createPrinter({
  ...{ write: () => {}, style: createStyle(false), clock: systemClock, debug: false },
});

async function prepare(line: Partial<ExporterRequest["line"]>, cwd = "/") {
  const none = {
    ...{ image: undefined, runImage: undefined, runRoot: undefined, lifecycle: undefined },
    ...{
      previousImage: undefined,
      cacheImage: undefined,
      defaultProcess: undefined,
      creationTime: undefined,
    },
  };
  const request = {
    state: await makeTree(),
    target,
    cwd,
    ownBuildpack: "/",
    printer,
    projectMetadata: {},
    ...imageWorld,
  };
  return await prepareExport({
    ...request,
    line: { app: "app", buildRoot: "/", insecureRegistry: [], tag: [], ...none, ...line },
  });
}

describe("prepareExport", () => {
  test("prepares nothing if no image is wanted", async () => {
    expect(await prepare({})).toBeUndefined();
  });

  test.each([
    [{ runImage: "oci:x" }, "`--run-image` needs `--image`"],
    [{ lifecycle: "x" }, "`--lifecycle` needs `--image`"],
    [{ tag: ["oci:x"] }, "`--tag` needs `--image`"],
    [{ previousImage: "oci:x" }, "`--previous-image` needs `--image`"],
    [{ cacheImage: "oci:x" }, "`--cache-image` needs `--image`"],
    [{ defaultProcess: "job" }, "`--default-process` needs `--image`"],
    [{ creationTime: "now" }, "`--creation-time` needs `--image`"],
    [{ image: "oci:x", runImage: "oci:y", tag: ["x"] }, "`--tag` takes"],
    [{ image: "oci:x", runImage: "oci:y", previousImage: "x" }, "`--previous-image` takes"],
    [{ image: "oci:x", runImage: "oci:y", cacheImage: "x" }, "`--cache-image` takes"],
    [{ image: "oci:x", runImage: "oci:y", creationTime: "today" }, "`--creation-time` takes"],
    [{ image: "x" }, "`--image` takes"],
    [{ image: "oci:x" }, "`--image` needs a run image"],
    [{ image: "oci:x", runImage: "ubuntu" }, "`--run-image` takes"],
  ])("refuses %j before anything is built", async (line, problem) => {
    expect(await failureOf(prepare(line))).toMatchObject({
      code: "platform/usage",
      problem: expect.stringContaining(problem),
    });
  });

  test.each([
    [{ image: `registry:ghcr.io/a/b@sha256:${"0".repeat(64)}` }, "not the digest of an image"],
    [{ image: "oci:full" }, "contains other files than those of an image"],
    [{ image: "oci:full/Gemfile" }, "is not a directory"],
    [{ image: "docker-archive:full" }, "is not a regular file"],
    [{ image: "oci:out", tag: ["oci:full:v1"] }, "`--tag`: the directory"],
    [{ image: "oci:out", cacheImage: "oci:full" }, "`--cache-image`: the directory"],
  ])("does not write over what is no image: %j", async (line, problem) => {
    const cwd = await makeTree({ "full/Gemfile": "" });
    expect(await failureOf(prepare({ runRoot: "/srv", ...line }, cwd))).toMatchObject({
      code: "platform/usage",
      problem: expect.stringContaining(problem),
    });
  });

  test("knows the places of this machine that it writes to", async () => {
    const cwd = await makeTree({ "old/oci-layout": "{}", "empty/": "" });
    const line = { image: "oci:old:v1", tag: ["docker-archive:shop.tar"], cacheImage: "oci:empty" };
    const exporter = await prepare({ runRoot: "/srv", ...line }, cwd);
    expect(exporter?.places).toEqual(["old", "shop.tar", "empty"].map((name) => join(cwd, name)));
  });

  test("takes an image that a registry does not let it read for none, if it may push it", async () => {
    const { host } = await startFakeRegistry({
      instead: (line) => (line.includes("/manifests/") ? { status: 403 } : undefined),
    });
    const image = `registry:${host}/acme/shop`;
    const exporter = await prepare({ runRoot: "/srv", image, cacheImage: `${image}-cache` });
    await exporter?.adopt();
    const previous = await prepare({ runRoot: "/srv", image, previousImage: image });
    expect(await failureOf(previous?.adopt() ?? Promise.resolve())).toMatchObject({
      code: "image/access-denied",
    });
  });

  test("reports an unreadable run image or launcher before anything is built", async () => {
    const image = { image: "oci:x", runRoot: "/srv" };
    const runImage = await failureOf(prepare({ image: "oci:x", runImage: "oci:/nowhere" }));
    expect(runImage).toMatchObject({ code: "image/invalid", path: "/nowhere/index.json" });
    const lifecycle = await failureOf(prepare({ ...image, lifecycle: "nothing.tgz" }));
    expect(lifecycle).toMatchObject({ code: "image/lifecycle-invalid", path: "/nothing.tgz" });
  });

  test("builds the app for the distribution of the run image", async () => {
    const cwd = await makeTree();
    const labels = {
      "io.buildpacks.base.distro.name": "ubuntu",
      "io.buildpacks.base.distro.version": "24.04",
    };
    const runImage = await makeImage(await makeTree(), ["a"], { labels });
    await writeIndex(join(cwd, "run"), [await writeImage(join(cwd, "run"), runImage)]);
    const exporter = await prepare({ image: "oci:out", runImage: "oci:run" }, cwd);
    expect(exporter?.target).toEqual({ ...target, distro: { name: "ubuntu", version: "24.04" } });
    expect((await prepare({ image: "oci:out", runRoot: "/srv" }))?.target).toEqual(target);
  });
});
