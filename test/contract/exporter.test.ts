import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Image } from "../../src/oci/image.ts";
import { readImage } from "../../src/oci/layout.ts";
import { exportImage, type ExportedImage } from "../../src/platform/export/export-image.ts";
import { makeLauncher } from "../../src/platform/export/launcher.ts";
import type { StoredBuild } from "../../src/platform/state/stored-build.ts";
import { makeImage } from "../support/images/image.ts";
import { readTar, type ReadTarEntry } from "../support/packages/read-package.ts";
import { builder, makeStoredBuild, type StoredStory } from "../support/builds/stored-build.ts";
import { makeTree } from "../support/tree.ts";
import { imageWorld } from "../support/images/image-world.ts";

const web = `
[[processes]]
type = "web"
command = ["bin/serve"]
direct = true
buildpack-id = "test/one"

[[processes]]
type = "worker"
command = ["bin/work"]
direct = true
buildpack-id = "test/one"
`;

const story: StoredStory = {
  app: { "config.ru": "run app", "public/a.css": "a" },
  layers: { "gems/bin/rake": "#!", "gems-more/x": "x", "b/env.launch/A.default": "1" },
  metadata: `buildpack-default-process-type = "web"\n${web}`,
};

interface Exported {
  image: Image;
  exported: ExportedImage;
  layout: string;
}

interface ExportStory {
  build?: StoredBuild;
  work?: string;
  layout?: string;
  labels?: Record<string, string>;
}

async function exportStory({
  build,
  work,
  layout,
  labels = {},
}: ExportStory = {}): Promise<Exported> {
  const stored = build ?? (await makeStoredBuild(story));
  const path = layout ?? (await makeTree());
  const exported = await exportImage({
    build: stored,
    ids: builder,
    runImage: await makeImage(await makeTree(), ["base"], { labels }),
    launcher: await makeLauncher(stored, "0.1.0"),
    destination: { kind: "oci", path, name: undefined },
    name: "app:latest",
    work: work ?? (await makeTree()),
    world: imageWorld,
  });
  return { image: await readImage(path, { architecture: "amd64" }), exported, layout: path };
}

/** The entries of each layer above the run image. */
async function archivesOf({ image }: Exported): Promise<ReadTarEntry[][]> {
  const own = image.layers.slice(1);
  return await Promise.all(
    own.map(async ({ path }) => await readTar(gunzipSync(await readFile(path)))),
  );
}

const lineOf = ({ type, mode, uid, gid, path, linkpath }: ReadTarEntry) =>
  `${type} ${mode.toString(8)} ${uid}:${gid} ${path}${linkpath ? ` -> ${linkpath}` : ""}`;

function labelOf({ image }: Exported, name: string): Record<string, unknown> {
  return JSON.parse(image.config.config.Labels?.[`io.buildpacks.${name}`] ?? "null") as never;
}

describe("Platform Interface: exporter, layers", () => {
  test("launch layers by name, SBOMs, the app, launcher, its config, process types", async () => {
    const metadata = `${story.metadata ?? ""}\n[[slices]]\npaths = ["public"]\n`;
    const sboms = { "test_one/gems/sbom.cdx.json": "{}" };
    const build = await makeStoredBuild({ ...story, sboms, metadata });
    const { image } = await exportStory({ build });
    expect(image.config.history?.map((entry) => entry["created_by"])).toEqual([
      undefined,
      "Layer: 'b', Created by buildpack: test/one@1.0.0",
      "Layer: 'gems', Created by buildpack: test/one@1.0.0",
      "Layer: 'gems-more', Created by buildpack: test/one@1.0.0",
      "Software Bill-of-Materials",
      "Application Slice: 1",
      "Application Slice: 2",
      "Buildpacks Application Launcher",
      "Buildpacks Launcher Config",
      "Buildpacks Process Types",
    ]);
    expect(image.layers).toHaveLength(10);
  });

  test("each archive has the directories above it first, all of the builder's, from 1980", async () => {
    const exported = await exportStory();
    const [b, gems, , app] = await archivesOf(exported);
    expect(b?.map(lineOf)).toEqual([
      "Directory 755 1001:1000 /layers",
      "Directory 755 1001:1000 /layers/test_one",
      "Directory 755 1001:1000 /layers/test_one/b",
      "Directory 755 1001:1000 /layers/test_one/b/env.launch",
      "File 644 1001:1000 /layers/test_one/b/env.launch/A.default",
    ]);
    expect(gems?.map(({ path }) => path).at(-1)).toBe("/layers/test_one/gems/bin/rake");
    expect(app?.map(lineOf)).toEqual([
      "Directory 755 1001:1000 /workspace",
      "File 644 1001:1000 /workspace/config.ru",
      "Directory 755 1001:1000 /workspace/public",
      "File 644 1001:1000 /workspace/public/a.css",
    ]);
    const times = (await archivesOf(exported)).flat().map(({ time }) => time);
    expect(new Set(times)).toEqual(new Set([315532801]));
  });

  test("launcher and process types are root's, and each type is a link to the launcher", async () => {
    const archives = await archivesOf(await exportStory());
    const [launcher, config, types] = archives.slice(-3);
    expect(launcher?.map(lineOf)).toEqual([
      "Directory 755 0:0 /cnb",
      "Directory 755 0:0 /cnb/lifecycle",
      "File 755 0:0 /cnb/lifecycle/launcher",
    ]);
    expect(launcher?.at(-1)?.content.toString()).toMatch(/^#!\/bin\/sh\n/);
    expect(config?.map(({ path }) => path)).toEqual([
      ...["/layers", "/layers/config", "/layers/config/metadata.toml"],
    ]);
    expect(types?.map(lineOf)).toEqual([
      "Directory 755 0:0 /cnb",
      "Directory 755 0:0 /cnb/process",
      "SymbolicLink 755 0:0 /cnb/process/web -> /cnb/lifecycle/launcher",
      "SymbolicLink 755 0:0 /cnb/process/worker -> /cnb/lifecycle/launcher",
    ]);
  });
});

describe("Platform Interface: exporter, config", () => {
  test("the run image's environment and user stay; launchers are found first", async () => {
    const { image } = await exportStory();
    expect(image.config).toMatchObject({
      created: "1980-01-01T00:00:01Z",
      architecture: "amd64",
      config: {
        User: "1002:1000",
        Env: [
          "PATH=/cnb/process:/cnb/lifecycle:/usr/bin:/bin",
          "CNB_LAYERS_DIR=/layers",
          "CNB_APP_DIR=/workspace",
          "CNB_PLATFORM_API=0.12",
          "CNB_DEPRECATION_MODE=quiet",
        ],
        Entrypoint: ["/cnb/process/web"],
        WorkingDir: "/workspace",
      },
    });
    expect(image.config.config.Cmd).toBeUndefined();
    const created = image.config.history?.map((entry) => entry["created"]);
    expect(new Set(created)).toEqual(new Set(["1980-01-01T00:00:01Z"]));
    expect(image.config.rootfs.diff_ids).toEqual(image.layers.map(({ diffId }) => diffId));
  });

  test("without a default process the launcher itself is the entrypoint", async () => {
    const { image } = await exportStory({ build: await makeStoredBuild({ metadata: web }) });
    expect(image.config.config.Entrypoint).toEqual(["/cnb/lifecycle/launcher"]);
  });

  test("without processes there is no layer of them, and its digest in the label is empty", async () => {
    const exported = await exportStory({ build: await makeStoredBuild() });
    expect(exported.image.config.history?.at(-1)?.["created_by"]).toBe(
      "Buildpacks Launcher Config",
    );
    expect(labelOf(exported, "lifecycle.metadata")).toMatchObject({ "process-types": { sha: "" } });
  });
});

describe("Platform Interface: exporter, labels", () => {
  test("io.buildpacks.lifecycle.metadata names each layer by its digest uncompressed", async () => {
    const exported = await exportStory();
    const [base, b, gems, more, app, launcher, config, types] = exported.image.layers.map(
      ({ diffId }) => diffId,
    );
    const layer = (sha: string | undefined, name: string) => {
      return { sha, data: { key: `of ${name}` }, launch: true, build: false, cache: false };
    };
    expect(labelOf(exported, "lifecycle.metadata")).toEqual({
      app: [{ sha: app }],
      buildpacks: [
        {
          key: "test/one",
          version: "1.0.0",
          layers: {
            b: layer(b, "b"),
            gems: layer(gems, "gems"),
            "gems-more": layer(more, "gems-more"),
          },
          store: { metadata: { kept: "yes" } },
        },
      ],
      config: { sha: config },
      launcher: { sha: launcher },
      "process-types": { sha: types },
      runImage: { topLayer: base, reference: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    });
  });

  test("build and project metadata, the buildpacks' own labels, and those of the run image", async () => {
    const build = await makeStoredBuild({ ...story, labels: { mine: "1", shared: "buildpack" } });
    const labels = { "io.buildpacks.base.distro.name": "debian", shared: "base" };
    const exported = await exportStory({ build, labels });
    expect(exported.image.config.config.Labels).toMatchObject({
      "io.buildpacks.base.distro.name": "debian",
      mine: "1",
      shared: "buildpack",
      "io.buildpacks.project.metadata": "{}",
    });
    expect(labelOf(exported, "build.metadata")).toEqual({
      buildpacks: [{ id: "test/one", version: "1.0.0" }],
      launcher: { version: "0.1.0", source: { git: { repository: "", commit: "" } } },
    });
  });
});

describe("Platform Interface: exporter, the same again", () => {
  test("the same build gives the same digest, wherever it lies", async () => {
    const [one, two] = [await exportStory(), await exportStory()];
    expect(one.exported.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(two.exported.digest).toBe(one.exported.digest);
  });

  test("a change of the app is a change of the app's layer alone, and no other is made again", async () => {
    const [work, layout] = [await makeTree(), await makeTree()];
    const before = await exportStory({ work, layout });
    const build = await makeStoredBuild({ ...story, app: { "config.ru": "run other" } });
    const after = await exportStory({ build, work, layout });
    const changed = after.exported.layers.filter(({ reused }) => !reused);
    expect(changed.map(({ name }) => name)).toEqual(["Application Layer"]);
    const digests = ({ exported }: Exported) => exported.layers.map(({ digest }) => digest);
    const kept = digests(after).filter((digest) => digests(before).includes(digest));
    expect(kept).toHaveLength(after.exported.layers.length - 1);
    // The layout names the new image alone.
    const { manifests } = JSON.parse(await readFile(join(layout, "index.json"), "utf8")) as {
      manifests: { digest: string }[];
    };
    expect(manifests.map(({ digest }) => digest)).toEqual([after.exported.digest]);
  });

  test("without what is kept of it, the image that is replaced gives its layers", async () => {
    const layout = await makeTree();
    await exportStory({ layout });
    const { exported } = await exportStory({ layout });
    expect(exported.layers.filter(({ reused }) => !reused)).toEqual([]);
  });

  test("what is kept for the next export is the last image and no more", async () => {
    const work = await makeTree();
    const before = await exportStory({ work });
    const build = await makeStoredBuild({ ...story, app: { "config.ru": "run other" } });
    await exportStory({ build, work });
    const app = before.exported.layers.find(({ name }) => name === "Application Layer");
    const blob = join(work, "blobs", app?.digest.replace(":", "/") ?? "");
    await expect(stat(blob)).rejects.toThrow("ENOENT");
  });
});
