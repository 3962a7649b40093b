import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Image } from "../../../../src/oci/image.ts";
import { writeImage, writeIndex } from "../../../../src/oci/layout.ts";
import { exportImage } from "../../../../src/platform/export/export-image.ts";
import { makeLauncher } from "../../../../src/platform/export/launcher.ts";
import { inspectImage } from "../../../../src/platform/inspect/inspect-image.ts";
import { inspectPage } from "../../../../src/report-page/inspect-page.ts";
import {
  builder,
  makeStoredBuild,
  type StoredStory,
} from "../../../support/builds/stored-build.ts";
import { failureOf } from "../../../support/failure.ts";
import { imageWorld } from "../../../support/images/image-world.ts";
import { makeImage } from "../../../support/images/image.ts";
import {
  elementsOf,
  numbersOf,
  parsePage,
  sectionNamed,
  textOf,
} from "../../../support/parse-page.ts";
import { hostileText } from "../../../support/report-story.ts";
import { makeTree } from "../../../support/tree.ts";

const bill = (...names: string[]) =>
  JSON.stringify({
    components: names.map((name) => ({ name, version: "1.0", purl: `pkg:gem/${name}@1.0` })),
  });

const buildLabel = {
  buildpacks: [{ id: "test/one", version: "1.0.0" }],
  processes: [
    { type: "job", command: "old form", args: null, buildpackID: "test/one" },
    { type: "web", command: ["bin/rails"], args: ["server"], buildpackID: "test/one" },
  ],
  "buildpack-default-process-type": "web",
};

const story: StoredStory = {
  layers: {
    "gems/file": "12345",
    "gems/env/RAILS_ENV.default": "production",
    "gems/env.launch/SECRET_KEY_BASE.default": "abc",
    "gems/env.launch/web/THREADS": "3",
    "gems/env.build/ONLY_BUILD": "x",
    "ruby/file": "1234567890",
  },
  sboms: {
    "test_one/gems/sbom.cdx.json": bill("rack", "puma"),
    "test_one/gems/sbom.spdx.json": '{"packages":[{"name":"not counted twice"}]}',
    "test_one/ruby/sbom.spdx.json": JSON.stringify({
      packages: [
        {
          ...{ name: "ruby", versionInfo: "3.4.5" },
          externalRefs: [{ referenceType: "purl", referenceLocator: "pkg:generic/ruby@3.4.5" }],
        },
      ],
    }),
    "test_one/bad/sbom.cdx.json": "no JSON",
  },
  labels: { "io.buildpacks.build.metadata": JSON.stringify(buildLabel) },
};

async function exportTo(kind: "oci" | "docker-archive", told = story): Promise<string> {
  const root = await makeTree();
  const path = join(root, "image");
  const build = await makeStoredBuild(told);
  const labels = {
    "io.buildpacks.base.distro.name": "debian",
    "io.buildpacks.base.distro.version": "12",
  };
  const base = await makeImage(await makeTree(), ["base", "more"], { labels });
  await exportImage({
    ...{ build, ids: builder, name: "app:latest", work: await makeTree(), world: imageWorld },
    runImage: { ...base, reference: "sha256:base", name: { image: "example.com/run" } },
    launcher: await makeLauncher(build, "0.1.0"),
    destination: { kind, path, name: undefined },
  });
  return `${kind}:${path}`;
}

async function inspect(image: string) {
  return await inspectImage({ image, architecture: "amd64", cwd: "/", world: imageWorld });
}

describe("what an image says of itself", () => {
  test.each(["oci", "docker-archive"] as const)("is the same from %s", async (kind) => {
    const facts = await inspect(await exportTo(kind));
    expect(facts).toMatchObject({
      ...{ architecture: "amd64", os: "linux", user: "1002:1000", workingDirectory: "/workspace" },
      wasBuilt: true,
      runImage: { name: "example.com/run", reference: "sha256:base", distribution: "debian 12" },
      buildpacks: [{ id: "test/one", version: "1.0.0" }],
      defaultProcess: "web",
    });
    expect(facts.runImage.layers).toBe(2);
    expect(facts.layers.map(({ part, name }) => name ?? part)).toEqual([
      ...["run image", "run image", "gems", "ruby", "bill of materials", "app", "launcher"],
      "launcher configuration",
    ]);
  });

  test("has the sizes of the files in layers, and what buildpacks recorded", async () => {
    const { layers, runImage } = await inspect(await exportTo("oci"));
    expect(layers.find(({ name }) => name === "ruby")).toMatchObject({
      ...{ fileBytes: 10, part: "buildpack", buildpack: "test/one" },
      ...{ metadata: { key: "of ruby" }, types: { launch: true, build: false, cache: false } },
    });
    const [first, second] = layers;
    expect(first).not.toHaveProperty("fileBytes");
    expect(runImage.bytes).toBe((first?.bytes ?? 0) + (second?.bytes ?? 0));
  });

  test("has the processes, of labels of older platforms too", async () => {
    const { processes } = await inspect(await exportTo("oci"));
    expect(processes).toEqual([
      { type: "job", command: ["old form"], args: [], buildpack: "test/one" },
      { type: "web", command: ["bin/rails"], args: ["server"], buildpack: "test/one" },
    ]);
  });

  test("has the variables of layers and image, without values that may be secret", async () => {
    const { environment, imageEnvironment } = await inspect(await exportTo("oci"));
    const from = { buildpack: "test/one", layer: "gems" };
    expect(environment).toEqual([
      { name: "RAILS_ENV", value: "production", behavior: "default", ...from },
      { name: "SECRET_KEY_BASE", behavior: "default", ...from },
      { name: "THREADS", value: "3", behavior: "override", process: "web", ...from },
    ]);
    expect(imageEnvironment).toContainEqual({ name: "CNB_APP_DIR", value: "/workspace" });
  });

  test("has the software of one bill for each layer", async () => {
    const { software } = await inspect(await exportTo("oci"));
    const gems = { buildpack: "test/one", layer: "gems", version: "1.0" };
    expect(software).toEqual([
      { ...gems, name: "rack", purl: "pkg:gem/rack@1.0" },
      { ...gems, name: "puma", purl: "pkg:gem/puma@1.0" },
      {
        ...{ buildpack: "test/one", layer: "ruby", name: "ruby", version: "3.4.5" },
        purl: "pkg:generic/ruby@3.4.5",
      },
    ]);
  });
});

describe("an image that is not like ours", () => {
  async function layoutOf(image: Image): Promise<string> {
    const layout = await makeTree();
    await writeIndex(layout, [await writeImage(layout, image)]);
    return `oci:${layout}`;
  }

  test("without labels has layers, and nothing else", async () => {
    const facts = await inspect(await layoutOf(await makeImage(await makeTree(), ["12345"])));
    expect(facts).toMatchObject({ wasBuilt: false, buildpacks: [], processes: [], software: [] });
    expect(facts.layers).toMatchObject([{ part: "unknown", fileBytes: 5 }]);
  });

  test("may have labels that are no JSON or of another shape", async () => {
    const labels = {
      "io.buildpacks.lifecycle.metadata": '{"app": 1}',
      "io.buildpacks.build.metadata": "{",
    };
    const image = await makeImage(await makeTree(), ["a"], { labels });
    expect(await inspect(await layoutOf(image))).toMatchObject({ wasBuilt: false, processes: [] });
  });

  test("may have a layer that is no archive", async () => {
    const image = await makeImage(await makeTree(), ["a"]);
    const [layer] = image.layers;
    if (!layer) throw new Error("there is no layer");
    const path = join(await makeTree({ blob: "no archive".repeat(1000) }), "blob");
    const layout = await layoutOf({ ...image, layers: [{ ...layer, path }] });
    expect(await failureOf(inspect(layout))).toMatchObject({ code: "image/invalid" });
  });

  test("is refused if it does not exist, or the place is written wrongly", async () => {
    expect(await failureOf(inspect("oci:/nowhere"))).toMatchObject({ code: "image/invalid" });
    expect(await failureOf(inspect("shop"))).toMatchObject({
      code: "platform/usage",
      problem: expect.stringContaining("`IMAGE` takes"),
    });
  });
});

describe("the page about an image", () => {
  test("has the numbers of its facts", async () => {
    const facts = await inspect(await exportTo("oci"));
    const page = parsePage(inspectPage(facts));
    expect(numbersOf(sectionNamed(page, "layers"))).toEqual(
      facts.layers.flatMap(({ bytes, fileBytes }) => {
        return fileBytes === undefined ? [bytes] : [bytes, fileBytes];
      }),
    );
    const total = facts.layers.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(numbersOf(page).slice(0, 4)).toEqual([total, facts.runImage.bytes, 8, 3]);
    expect(textOf(sectionNamed(page, "base"))).toContain("example.com/run");
    expect(textOf(sectionNamed(page, "software"))).toContain("rack 1.0 gems");
    expect(textOf(page)).not.toContain("abc");
  });

  test("cannot be changed by its labels, layers and bills", async () => {
    const hostile = {
      buildpacks: [{ id: hostileText, version: hostileText }],
      processes: [{ type: hostileText, command: [hostileText], args: [hostileText] }],
    };
    const told: StoredStory = {
      layers: { "gems/env/A": hostileText.replaceAll("\u0000", "").toWellFormed() },
      sboms: { "test_one/gems/sbom.cdx.json": bill(hostileText) },
      labels: { "io.buildpacks.build.metadata": JSON.stringify(hostile) },
    };
    const text = inspectPage(await inspect(await exportTo("oci", told)));
    const names = elementsOf(parsePage(text)).map(({ name }) => name);
    expect(names).not.toContain("script");
    expect(names).not.toContain("img");
    expect(text).toContain("&#60;script&#62;");
  });
});
