import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeLayer } from "../../src/oci/blob.ts";
import { fileEntry, tarOf } from "../../src/oci/tar.ts";
import type { TarEntry } from "../../src/oci/tar-header.ts";
import { adoptImages } from "../../src/platform/export/adopt-images.ts";
import { makeLauncher } from "../../src/platform/export/launcher.ts";
import { decodeLifecycleMetadata } from "../../src/platform/state/lifecycle-metadata.ts";
import { failureOf } from "../support/failure.ts";
import { makeImage } from "../support/images/image.ts";
import { makePlatform } from "../support/builds/local-platform.ts";
import { makeStoredBuild } from "../support/builds/stored-build.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { makeTree, readTree } from "../support/tree.ts";

describe("a build that is stored already and has links where we read", () => {
  test("gives its SBOMs back without following them", async () => {
    const victim = await makeTree({ "sbom.cdx.json": "s3cret" });
    const platform = await makePlatform();
    const build = `layer a launch cache
      cat "$CNB_LAYERS_DIR"/*.sbom.cdx.json > "$CNB_LAYERS_DIR/a/found" 2>/dev/null || :`;
    const buildpack = await makeBuildpack({ build });
    await platform.build([buildpack]);
    const sboms = join(platform.current, "image/layers/sbom/launch/test_one");
    await mkdir(join(sboms, "b"), { recursive: true });
    await symlink(victim, join(sboms, "a"));
    await symlink(join(victim, "sbom.cdx.json"), join(sboms, "b/sbom.cdx.json"));
    expect(await failureOf(platform.build([buildpack]))).toMatchObject({
      code: "system/link-not-followed",
      path: expect.stringMatching(/b\/sbom\.cdx\.json$/) as string,
    });
    await rm(join(sboms, "b"), { recursive: true });
    await platform.build([buildpack]);
    expect(await readTree(platform.current)).toMatchObject({
      "image/layers/test_one/a/found": "",
    });
  });

  test.for([
    "test_one/a/env/X",
    "test_one/a/profile.d",
    "test_one/a/exec.d",
    "config/metadata.toml",
  ])("is not launched by what they lead to: %s", async (path) => {
    const victim = await makeTree({ "x/s3cret": "s3cret" });
    const build = await makeStoredBuild({ layers: { "a/file": "" } });
    const place = join(build.layers, path);
    await mkdir(dirname(place), { recursive: true });
    await rm(place, { force: true });
    await symlink(join(victim, path.endsWith(".d") ? "x" : "x/s3cret"), place);
    expect(await failureOf(makeLauncher(build, "1"))).toEqual({
      code: "platform/launch-failed",
      problem: `\`${place}\` is a symbolic link, which is not followed`,
    });
  });
});

describe("an image that claims to be the last build", () => {
  const label = (id: string, layer: string) =>
    JSON.stringify({
      runImage: { topLayer: "sha256:base" },
      buildpacks: [{ key: id, version: "1", layers: { [layer]: { sha: "x", launch: true } } }],
    });

  test.for([
    ["test/one", "../../../../evil"],
    ["test/one", ".."],
    ["test/one", ""],
    ["..", "evil"],
  ] as const)("names no layer outside of the layers: %s, %s", ([id, layer]) => {
    expect(decodeLifecycleMetadata(label("test/one", "a")).buildpacks).toHaveLength(1);
    expect(decodeLifecycleMetadata(label(id, layer))).toEqual({ buildpacks: [] });
  });

  async function imageWith(env: string[], entries: TarEntry[]) {
    const image = await makeImage(await makeTree(), ["base"]);
    const top = image.config.rootfs.diff_ids[0] ?? "";
    const layer = await writeLayer(join(await makeTree(), "blobs"), tarOf(entries));
    image.config.rootfs.diff_ids.push(layer.diffId);
    image.config.config.Env = env;
    const metadata = label("test/one", "a").replace("sha256:base", top);
    image.config.config.Labels = { "io.buildpacks.lifecycle.metadata": metadata };
    return { ...image, layers: [...image.layers, layer] };
  }

  test("moves no directory of this machine into the state", async () => {
    const root = await makeTree({ "victim/file": "mine", "state/": "" });
    // What is extracted stands four directories below the root of this story.
    const env = ["CNB_APP_DIR=/../../../../victim", "CNB_LAYERS_DIR=/layers"];
    const image = await imageWith(env, [
      fileEntry("/x", Buffer.from(""), { uid: 0, gid: 0 }, 0o644),
    ]);
    const state = join(root, "state");
    expect(await adoptImages(state, { image })).toEqual({ image: false, cache: false });
    expect(await readTree(join(root, "victim"))).toEqual({ file: "mine" });
  });

  test("and has a link in the place of the app is refused, and what it leads to stays", async () => {
    const root = await makeTree({ "victim/file": "mine", "state/": "" });
    const target = Buffer.from(join(root, "victim"));
    const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const body = { kind: "link" as const, target };
    const link = { name: Buffer.from("/workspace"), mode: 0o777, ...owner, body };
    const image = await imageWith(
      ["CNB_APP_DIR=/workspace/deep", "CNB_LAYERS_DIR=/layers"],
      [link],
    );
    await mkdir(join(root, "victim/deep"));
    await writeFile(join(root, "victim/deep/file"), "mine");
    expect(await failureOf(adoptImages(join(root, "state"), { image }))).toMatchObject({
      code: "system/link-not-followed",
    });
    expect(existsSync(join(root, "victim/deep/file"))).toBe(true);
  });
});

describe("an image that claims to keep the cache", () => {
  async function cacheWith(env: string[], entries: TarEntry[], layerOf = "a") {
    const layer = await writeLayer(join(await makeTree(), "blobs"), tarOf(entries));
    const { config } = await makeImage(await makeTree(), []);
    config.rootfs.diff_ids.push(layer.diffId);
    const stored = { sha: layer.diffId, cache: true };
    config.config.Env = env;
    config.config.Labels = {
      "io.buildpacks.lifecycle.cache.metadata": JSON.stringify({
        sbom: { sha: layer.diffId },
        buildpacks: [{ key: "test/one", version: "1", layers: { [layerOf]: stored } }],
      }),
    };
    return { config, layers: [layer] };
  }

  test.for(["/../../../../victim", "/", "relative"])(
    "moves no directory of this machine into the state: %s",
    async (layers) => {
      const root = await makeTree({ "victim/test_one/a/file": "mine", "state/": "" });
      const cache = await cacheWith([`CNB_LAYERS_DIR=${layers}`], []);
      const adopted = await adoptImages(join(root, "state"), { cache });
      expect(adopted).toEqual({ image: false, cache: false });
      expect(await readTree(join(root, "victim"))).toEqual({ "test_one/a/file": "mine" });
    },
  );

  test.for(["/layers", "/layers/test_one", "/layers/test_one/a"])(
    "and has a link at %s is refused, and what it leads to stays",
    async (name) => {
      const root = await makeTree({ "victim/test_one/a/file": "mine", "state/": "" });
      const target = Buffer.from(join(root, "victim"));
      const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
      const body = { kind: "link" as const, target };
      const cache = await cacheWith([], [{ name: Buffer.from(name), mode: 0o777, ...owner, body }]);
      const failed = await failureOf(adoptImages(join(root, "state"), { cache }));
      expect(failed).toMatchObject({ code: "system/link-not-followed" });
      expect(await readTree(join(root, "victim"))).toEqual({ "test_one/a/file": "mine" });
    },
  );

  test("names no layer outside of the layers", async () => {
    const file = fileEntry("/layers/x", Buffer.from(""), { uid: 0, gid: 0 }, 0o644);
    const cache = await cacheWith([], [file], "../../../../victim");
    const state = join(await makeTree(), "state");
    expect(await adoptImages(state, { cache })).toEqual({ image: false, cache: true });
    expect(
      decodeLifecycleMetadata(await readFile(join(state, "current/cache.json"), "utf8")),
    ).toEqual({
      buildpacks: [],
    });
  });
});
