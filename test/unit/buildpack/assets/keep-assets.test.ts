import { readFile, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { AssetsOptions } from "../../../../src/buildpack/assets/assets-layer.ts";
import { keepAssets } from "../../../../src/buildpack/assets/keep-assets.ts";
import { lstatIfAny, removeTree } from "../../../../src/system/files.ts";
import { recordSection } from "../../../support/section.ts";
import { addToTree, makeTree, readTree } from "../../../support/tree.ts";

const mebibyte = 1024 * 1024;
const metadata = { distro: "debian 12", arch: "amd64", rubyVersion: "3.3.8" };
const fragment = "tmp/cache/assets/sprockets/v4/aB.cache";

describe("Application Contract: We will cache the contents of public/assets", () => {
  test("precompilation finds the files of the last one, with their old times", async () => {
    const layersDir = await makeTree();
    await build(layersDir, { made: { "public/assets/a-1.css": "1", [fragment]: "f" }, age: 5000 });
    await loseTimes(layersDir);
    const { appDir, found } = await build(layersDir);
    expect(found).toEqual({ "public/assets/a-1.css": "1", [fragment]: "f" });
    expect((await stat(join(appDir, "public/assets/a-1.css"))).mtimeMs).toBeCloseTo(5_000_000, -1);
  });

  test("files that `assets:clean` has removed are not restored", async () => {
    const layersDir = await makeTree();
    await build(layersDir, { made: { "public/assets/a-1.css": "", "public/assets/a-2.css": "" } });
    await build(layersDir, { cleaned: ["public/assets/a-1.css"] });
    const { found } = await build(layersDir);
    expect(Object.keys(found)).toEqual(["public/assets/a-2.css"]);
  });

  test("restoring never overwrites the app's own files", async () => {
    const layersDir = await makeTree();
    await build(layersDir, { made: { "public/assets/logo.png": "old" } });
    const { found } = await build(layersDir, { app: { "public/assets/logo.png": "own" } });
    expect(found).toEqual({ "public/assets/logo.png": "own" });
  });

  test("a file that the app no longer contains is not restored", async () => {
    const layersDir = await makeTree();
    await build(layersDir, { app: { "public/assets/logo.png": "own" } });
    const { found } = await build(layersDir);
    expect(found).toEqual({});
  });

  test("a file that tells a bundler that assets are up to date is not kept", async () => {
    const layersDir = await makeTree();
    await build(layersDir, { made: { "public/assets/.manifest.json": "{}" } });
    const { found } = await build(layersDir);
    expect(found).toEqual({});
  });
});

describe("Application Contract: We will cache asset fragments", () => {
  test("they are moved out of the app, and assets stay", async () => {
    const layersDir = await makeTree();
    const made = { [fragment]: "f", "public/assets/a-1.css": "1", "tmp/pids/.keep": "" };
    const { appDir } = await build(layersDir, { made });
    expect(Object.keys(await readTree(appDir))).toEqual([
      "public/assets/a-1.css",
      "tmp/pids/.keep",
    ]);
    expect(await lstatIfAny(join(appDir, "tmp/cache/assets"))).toBeUndefined();
  });

  test("the app's files are newer than their fragments, whatever times the platform gives them", async () => {
    const layersDir = await makeTree();
    const app = { "app/assets/stylesheets/a.css": "" };
    await build(layersDir, { app, made: { [fragment]: "f" }, age: 5000 });
    const { appDir } = await build(layersDir, { app, appAge: 1000, made: {} });
    const source = await stat(join(appDir, "app/assets/stylesheets/a.css"));
    expect(source.mtimeMs).toBeGreaterThan(5_000_000);
  });

  test("160 MiB are reduced to less than 100 MiB, the least recently used first, across a save and a restore", async () => {
    const layersDir = await makeTree();
    const sizes = [40, 40, 40, 40].map((size) => size * mebibyte);
    const { appDir, lines } = await build(layersDir, { sizes });
    expect(lines).toContain(
      "Removed the `2` files that were least recently used: the asset cache is limited to 100 MiB",
    );
    expect(Object.keys(await readTree(appDir))).toEqual([]);
    await loseTimes(layersDir);
    // One that is older than the rest, and one that is in use again.
    const { found } = await build(layersDir, { sizes: [40 * mebibyte], touched: ["2"] });
    expect(Object.keys(found)).toEqual(["tmp/cache/assets/2", "tmp/cache/assets/3"]);
    const { found: later } = await build(layersDir);
    expect(Object.keys(later)).toEqual(["tmp/cache/assets/2", "tmp/cache/assets/3"]);
  });

  test("exactly 100 MiB are not under the limit", async () => {
    const layersDir = await makeTree();
    await build(layersDir, { sizes: Array.from({ length: 5 }, () => 20 * mebibyte) });
    const { found } = await build(layersDir);
    expect(Object.keys(found)).toHaveLength(4);
  });

  test("precompiled assets are not pruned and do not count", async () => {
    const layersDir = await makeTree();
    const { lines } = await build(layersDir, {
      made: { "public/assets/video.mp4": "", [fragment]: "f" },
      grow: { "public/assets/video.mp4": 160 * mebibyte },
    });
    expect(lines.join("\n")).not.toContain("Left out");
    const { found } = await build(layersDir);
    expect(Object.keys(found)).toEqual(["public/assets/video.mp4", fragment]);
  });
});

describe("the layer", () => {
  test("is cache only", async () => {
    const layersDir = await makeTree();
    await build(layersDir);
    const toml = await readFile(join(layersDir, "assets.toml"), "utf8");
    expect(toml).toContain("[types]\nlaunch = false\nbuild = false\ncache = true\n");
  });

  test.each<[Partial<typeof metadata>, string]>([
    [{ distro: "debian 13" }, "the distribution changed from `debian 12` to `debian 13`"],
    [{ arch: "arm64" }, "the CPU architecture changed from `amd64` to `arm64`"],
    [{ rubyVersion: "3.4.1" }, "the Ruby version changed from `3.3.8` to `3.4.1`"],
  ])("is emptied by %o", async (change, reason) => {
    const layersDir = await makeTree();
    await build(layersDir, { made: { [fragment]: "f" } });
    const { found, lines } = await build(layersDir, { metadata: { ...metadata, ...change } });
    expect(found).toEqual({});
    expect(lines).toContain(`Starting from scratch, because ${reason}`);
  });

  test("is emptied if its list of times is missing", async () => {
    const layersDir = await makeTree();
    await build(layersDir, { made: { [fragment]: "f" } });
    await writeFile(join(layersDir, "assets/times.json"), "{");
    const { found, lines } = await build(layersDir);
    expect(found).toEqual({});
    expect(lines).toContain("Starting from scratch, because its list of times cannot be read");
  });

  test("is not committed when precompilation fails", async () => {
    const layersDir = await makeTree();
    await build(layersDir, { made: { [fragment]: "f" } });
    await expect(build(layersDir, { fails: true })).rejects.toThrow("no CSS today");
    expect(await lstatIfAny(join(layersDir, "assets.toml"))).toBeUndefined();
  });
});

interface Story extends Partial<Pick<AssetsOptions, "metadata">> {
  /** What the app's own files are, and how many seconds after 1970 a platform makes them. */
  app?: Record<string, string>;
  appAge?: number;
  /** What precompilation writes, and how many seconds after 1970. */
  made?: Record<string, string>;
  age?: number;
  /** Fragments that precompilation writes, named by their place, each a second younger. */
  sizes?: readonly number[];
  grow?: Record<string, number>;
  touched?: readonly string[];
  cleaned?: readonly string[];
  fails?: boolean;
}

/** A build of a new copy of the app; `found` is what precompilation saw. */
async function build(layersDir: string, story: Story = {}) {
  const { app = {}, made = {}, sizes = [], grow = {}, touched = [], cleaned = [] } = story;
  const appDir = await makeTree(app);
  for (const path of Object.keys(app)) {
    if (story.appAge) await utimes(join(appDir, path), story.appAge, story.appAge);
  }
  const section = recordSection();
  let found: Record<string, string> = {};
  await keepAssets(
    {
      layersDir,
      appDir,
      metadata: story.metadata ?? metadata,
      directories: { served: ["public/assets"], fragments: ["tmp/cache/assets"] },
      section,
    },
    async () => {
      found = await readTree(appDir);
      if (story.fails) throw new Error("no CSS today");
      await addToTree(appDir, made);
      for (const path of Object.keys(made)) {
        if (story.age) await utimes(join(appDir, path), story.age, story.age);
      }
      for (const [path, bytes] of Object.entries(grow)) await truncate(join(appDir, path), bytes);
      for (const [index, bytes] of sizes.entries()) {
        const path = join(appDir, "tmp/cache/assets", `${index}`);
        await addToTree(appDir, { [`tmp/cache/assets/${index}`]: "" });
        await truncate(path, bytes);
        await utimes(path, 1000 + index, 1000 + index);
      }
      for (const name of touched) {
        await utimes(join(appDir, "tmp/cache/assets", name), 9000, 9000);
      }
      for (const path of cleaned) await removeTree(join(appDir, path));
    },
  );
  return { appDir, found, lines: section.lines };
}

/** What a lifecycle does to a cached layer: every file is as old as the build. */
async function loseTimes(layersDir: string): Promise<void> {
  const files = join(layersDir, "assets/files");
  for (const path of Object.keys(await readTree(files))) {
    await utimes(join(files, path), 5_000_000, 5_000_000);
  }
}
