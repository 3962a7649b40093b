import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readImage, writeImage, writeIndex } from "../../src/oci/layout.ts";
import { adoptImages } from "../../src/platform/export/adopt-images.ts";
import { openStoredBuild } from "../../src/platform/state/state-in-use.ts";
import { buildByLineIn } from "../support/build-line.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { makeImage } from "../support/images/image.ts";
import { startFakeRegistry } from "../support/servers/fake-registry.ts";
import { makeTree } from "../support/tree.ts";

// Layers of each kind that is cached. What a build finds of them, it prints.
const build = `
for name in tools gems; do
  if [ -f "$CNB_LAYERS_DIR/$name/file" ]; then echo "found $name"; else echo "made $name"; fi
done
[ -f "$CNB_LAYERS_DIR/tools/file" ] || { layer tools build cache; echo 1 > "$CNB_LAYERS_DIR/tools/file"; }
[ -f "$CNB_LAYERS_DIR/gems/file" ] || { layer gems launch cache; echo 2 > "$CNB_LAYERS_DIR/gems/file"; }
[ -f "$CNB_LAYERS_DIR/tools.sbom.cdx.json" ] && echo "found an SBOM"
echo '{}' > "$CNB_LAYERS_DIR/tools.sbom.cdx.json"
types tools build cache
types gems launch cache
`;

const about = 'sbom-formats = ["application/vnd.cyclonedx+json"]';

async function makeWorld(given?: string) {
  const cwd = given ?? (await makeTree({ "app/app.rb": "" }));
  const run = join(cwd, "run");
  await writeIndex(run, [await writeImage(run, await makeImage(await makeTree(), ["base"]))]);
  const buildpack = await makeBuildpack({ build, about });
  return async (state: string, ...args: string[]) =>
    await buildByLineIn(
      { cwd },
      ...["app", "--state", state, "--buildpack", buildpack, "--run-image", "oci:run"],
      ...args,
    );
}

describe("--cache-image", () => {
  test("gives a machine without a state directory the cache, from a registry", async () => {
    const lapidary = await makeWorld();
    const { host, seen } = await startFakeRegistry();
    const images = [`--image`, `registry:${host}/shop`, `--cache-image`, `registry:${host}/cache`];
    const first = await lapidary("one", ...images);
    expect(first).toMatch(/made tools\nmade gems/);
    expect(first).toMatch(/- Cache\n {2}- Exporting to `registry:[^`]+\/cache`/);
    const second = await lapidary("two", ...images);
    expect(second).toContain(`Reusing the cache in \`registry:${host}/cache\`.`);
    expect(second).toMatch(/found tools\nfound gems\nfound an SBOM/);
    const sent = seen.filter(({ line }) => line.startsWith("PUT")).length;
    await lapidary("three", ...images);
    const blobs = seen.filter(({ line }) => line.startsWith("PUT")).slice(sent);
    expect(blobs.filter(({ line }) => !line.includes("/manifests/"))).toEqual([]);
  });

  test("is enough by itself, as for the first build of a branch", async () => {
    const lapidary = await makeWorld();
    await lapidary("one", "--image", "oci:main", "--cache-image", "oci:cache");
    const log = await lapidary("two", "--image", "oci:branch", "--cache-image", "oci:cache");
    expect(log).toMatch(/found tools\nfound gems/);
  });

  test("is nothing to run, if the build that started from it fails", async () => {
    const cwd = await makeTree({ "app/app.rb": "" });
    const lapidary = await makeWorld(cwd);
    await lapidary("one", "--image", "oci:main", "--cache-image", "oci:cache");
    const state = await makeTree();
    const cache = await readImage(join(cwd, "cache"), { architecture: "amd64" });
    expect(await adoptImages(state, { cache })).toEqual({ image: false, cache: true });
    expect(await openStoredBuild(state)).toBeUndefined();
  });

  test("is nothing if the image does not exist, or keeps no cache", async () => {
    const lapidary = await makeWorld();
    const log = await lapidary("one", "--image", "oci:main", "--cache-image", "oci:run");
    expect(log).not.toContain("Reusing the cache");
    expect(log).toMatch(/made tools\nmade gems/);
  });

  test("is not used if it is damaged, with a warning", async () => {
    const cwd = await makeTree({ "app/app.rb": "" });
    const lapidary = await makeWorld(cwd);
    const images = ["--image", "oci:main", "--cache-image", "oci:cache"];
    await lapidary("one", ...images);
    const blobs = join(cwd, "cache/blobs/sha256");
    const { layers } = await readImage(join(cwd, "cache"), { architecture: "amd64" });
    await rm(join(cwd, "main"), { recursive: true });
    for (const { digest, size } of layers) {
      // Not written in place: the blob is a link to that of the state directory.
      await rm(join(blobs, digest.slice("sha256:".length)));
      await writeFile(join(blobs, digest.slice("sha256:".length)), Buffer.alloc(size, "x"));
    }
    const log = await lapidary("two", ...images);
    expect(log).toContain(`because its image in ${join(cwd, "cache")} is damaged`);
    expect(log).toMatch(/made tools\nmade gems/);
  });

  test("is not read if the state directory has a build, and with --clear-cache not used", async () => {
    const lapidary = await makeWorld();
    const images = ["--image", "oci:main", "--cache-image", "oci:cache"];
    await lapidary("one", ...images);
    expect(await lapidary("one", ...images)).not.toContain("Reusing the cache");
    expect(await lapidary("two", ...images, "--clear-cache")).toMatch(/made tools\nmade gems/);
  });

  test("has the label and the layers that a lifecycle reads", async () => {
    const cwd = await makeTree({ "app/app.rb": "" });
    const lapidary = await makeWorld(cwd);
    await lapidary("s", "--image", "oci:main", "--cache-image", "oci:cache");
    const { config, layers } = await readImage(join(cwd, "cache"), { architecture: "amd64" });
    const label = config.config.Labels?.["io.buildpacks.lifecycle.cache.metadata"] ?? "";
    const ids = layers.map(({ diffId }) => diffId);
    expect(JSON.parse(label)).toEqual({
      sbom: { sha: ids[2] },
      buildpacks: [
        {
          key: "test/one",
          version: "1.0.0",
          layers: {
            gems: { sha: ids[0], data: null, build: false, launch: true, cache: true },
            tools: { sha: ids[1], data: null, build: true, launch: false, cache: true },
          },
        },
      ],
    });
    expect(await readdir(join(cwd, "s/export/cache/blobs/sha256"))).toHaveLength(5);
  });
});
