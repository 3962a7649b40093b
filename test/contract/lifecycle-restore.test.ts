import { lstat, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { BuildOptions } from "../../src/platform/lifecycle/build-options.ts";
import { failureOf } from "../support/failure.ts";
import { type LocalPlatform, makePlatform } from "../support/builds/local-platform.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { makeTree, readTree } from "../support/tree.ts";

const metadata = (layer: string, text: string) =>
  `printf '[metadata]\\n${text}\\n' >> "$CNB_LAYERS_DIR/${layer}.toml"`;

/** Builds once by `first`; what a second build of the same buildpack then finds in its layers. */
async function restored(
  first: string,
  options: Partial<BuildOptions> = {},
  between: (platform: LocalPlatform) => Promise<void> = async () => {},
): Promise<Record<string, string>> {
  const platform = await makePlatform();
  const about = `sbom-formats = ["application/spdx+json"]`;
  await platform.build([await makeBuildpack({ build: first, about })]);
  await between(platform);
  const out = await makeTree();
  const build = `cp -R "$CNB_LAYERS_DIR" ${out}/layers`;
  await platform.build([await makeBuildpack({ build, about })], options);
  return await readTree(join(out, "layers"));
}

/** A layer of these types that holds one file. */
const filled = (name: string, types: string) =>
  `layer ${name} ${types}; echo content > "$CNB_LAYERS_DIR/${name}/file"`;

describe("Layer Types: what a rebuild finds", () => {
  const toml = "";
  test.each([
    ["launch", { "l.toml": toml }],
    ["build", {}],
    ["cache", { "l.toml": toml, "l/file": "content\n" }],
    ["launch build", {}],
    ["launch cache", { "l.toml": toml, "l/file": "content\n" }],
    ["build cache", { "l.toml": toml, "l/file": "content\n" }],
    ["launch build cache", { "l.toml": toml, "l/file": "content\n" }],
    ["", {}],
  ])("of a layer with the types [%s]", async (types, found) => {
    expect(await restored(filled("l", types))).toEqual(found);
  });

  test("metadata, but never types", async () => {
    const build = `${filled("l", "launch cache")}\n${metadata("l", `key = "value"`)}`;
    expect(await restored(build)).toMatchObject({ "l.toml": `[metadata]\n  key = "value"\n` });
  });

  test("only buildpacks of the group get theirs back", async () => {
    const platform = await makePlatform();
    const a = await makeBuildpack({ id: "a", build: filled("l", "cache") });
    const out = await makeTree();
    const b = await makeBuildpack({ id: "b", build: `ls "$CNB_LAYERS_DIR/.." > ${out}/seen` });
    await platform.build([a]);
    await platform.build([b]);
    expect(await readFile(join(out, "seen"), "utf8")).toBe("b\n");
  });

  test("another version of the buildpack gets the layers of its id", async () => {
    const platform = await makePlatform();
    await platform.build([await makeBuildpack({ version: "1.0.0", build: filled("l", "cache") })]);
    const build = `[ -f "$CNB_LAYERS_DIR/l/file" ]`;
    await platform.build([await makeBuildpack({ version: "2.0.0", build })]);
  });
});

describe("Metadata that went through JSON", () => {
  test("integers come back as floats, dates as strings, the rest as it was", async () => {
    const values = [
      `int = 1`,
      `big = 10000000`,
      `float = 1.5`,
      `date = 2024-01-02T03:04:05Z`,
      `yes = true`,
      `text = "a\\\\"b"`,
      `list = [1, 2]`,
      `[metadata.table]`,
      `inner = 3`,
    ];
    const found = await restored(`layer l cache\n${metadata("l", values.join("\\n"))}`);
    expect(found["l.toml"]?.split("\n")).toEqual([
      "[metadata]",
      `  big = 1e+07`,
      `  date = "2024-01-02T03:04:05Z"`,
      `  float = 1.5`,
      `  int = 1.0`,
      `  list = [1.0, 2.0]`,
      `  text = "a\\"b"`,
      `  yes = true`,
      `  [metadata.table]`,
      `    inner = 3.0`,
      "",
    ]);
  });
});

describe("store.toml", () => {
  const store = `printf '[metadata]\\nkey = "value"\\n' > "$CNB_LAYERS_DIR/store.toml"`;
  const found = { "store.toml": `[metadata]\n  key = "value"\n` };

  test("comes back, also where the cache is cleared", async () => {
    expect(await restored(store)).toEqual(found);
    expect(
      await restored(`${store}\n${filled("l", "launch cache")}`, { clearCache: true }),
    ).toEqual(found);
  });

  test("does not come back without a previous image", async () => {
    const lose = (platform: LocalPlatform) => rm(join(platform.current, "labels.json"));
    expect(await restored(store, {}, lose)).toEqual({});
  });
});

describe("A cache or an image that is not what it was", () => {
  const loseImage = (platform: LocalPlatform) => rm(join(platform.current, "labels.json"));
  const loseCache = (platform: LocalPlatform) => rm(join(platform.current, "cache.json"));

  test("without the image, layers that are launched and cached come back since Platform API 0.14", async () => {
    const build = filled("l", "launch cache");
    expect(await restored(build, { platformApi: "0.12" }, loseImage)).toEqual({});
    expect(await restored(build, { platformApi: "0.14" }, loseImage)).toHaveProperty("l/file");
  });

  test("without the image, layers that are only cached come back", async () => {
    expect(await restored(filled("l", "cache"), {}, loseImage)).toHaveProperty("l/file");
  });

  test("without the cache, launch layers that are not cached keep their metadata", async () => {
    const build = `${filled("cached", "launch cache")}\n${filled("launched", "launch")}`;
    expect(await restored(build, {}, loseCache)).toEqual({ "launched.toml": "" });
  });

  test("a layer whose digests differ between image and cache is dropped", async () => {
    const found = await restored(filled("l", "launch cache"), {}, async ({ current }) => {
      const path = join(current, "cache.json");
      const text = await readFile(path, "utf8");
      await writeFile(path, text.replace(/sha256:[0-9a-f]+/, `sha256:${"0".repeat(64)}`));
    });
    expect(found).toEqual({});
  });

  test("lost contents leave the metadata, with a warning", async () => {
    const platform = await makePlatform();
    await platform.build([await makeBuildpack({ build: filled("l", "launch cache") })]);
    await rm(join(platform.current, "image/layers/test_one/l"), { recursive: true });
    const build = `[ -f "$CNB_LAYERS_DIR/l.toml" ] && [ ! -e "$CNB_LAYERS_DIR/l" ]`;
    const { log } = await platform.build([await makeBuildpack({ build })]);
    expect(log).toContain("layer test/one:l is not restored, because its contents are missing");
  });

  test.each(["labels.json", "cache.json"])("an unreadable %s is as good as none", async (name) => {
    await restored(filled("l", "cache"), {}, async ({ current }) => {
      await writeFile(join(current, name), "{");
    });
  });

  test("a build elsewhere reuses nothing, and says so", async () => {
    const platform = await makePlatform();
    await platform.build([await makeBuildpack({ build: filled("l", "cache") })]);
    const record = join(platform.current, "build.json");
    const text = await readFile(record, "utf8");
    await writeFile(record, text.replace(/"layers":"[^"]*"/, `"layers":"/elsewhere"`));
    const { log } = await platform.build([
      await makeBuildpack({ build: `[ ! -e "$CNB_LAYERS_DIR/l.toml" ]` }),
    ]);
    expect(log).toContain("The previous build is not reused");
  });
});

describe("Contents that come back", () => {
  test("keep modes and links, lose times and hard links", async () => {
    const platform = await makePlatform();
    const out = await makeTree();
    const first = `
      layer l cache; cd "$CNB_LAYERS_DIR/l"
      echo x > file; chmod 4750 file; ln file twin; ln -s /nowhere/at/all link
      mkdir shut; echo y > shut/y; chmod 500 shut; mkdir empty; chmod 2777 empty
      touch -d 2001-01-01 file`;
    const build = `cp -a "$CNB_LAYERS_DIR/l" ${out}/l`;
    await platform.build([await makeBuildpack({ build: first })]);
    const began = Date.now();
    await platform.build([await makeBuildpack({ build })]);
    const mode = async (path: string) =>
      ((await stat(join(out, "l", path))).mode & 0o7777).toString(8);
    expect(await mode("file")).toBe("4750");
    expect(await mode("shut")).toBe("500");
    expect(await mode("empty")).toBe("2777");
    expect(await readlink(join(out, "l/link"))).toBe("/nowhere/at/all");
    const { nlink, mtimeMs } = await lstat(join(out, "l/file"));
    expect(nlink).toBe(1);
    expect(mtimeMs).toBeGreaterThan(began - 1000);
  });

  test("may be a single file, of which every change makes another layer", async () => {
    const platform = await makePlatform();
    const build = `
      for layer in l c; do
        [ ! -e "$CNB_LAYERS_DIR/$layer" ] || cat "$CNB_LAYERS_DIR/$layer"
        echo "$TEXT" > "$CNB_LAYERS_DIR/$layer"
      done
      types l launch; types c cache`;
    const fates = async (text: string) => {
      const { report, log } = await platform.build([await makeBuildpack({ build })], {
        env: { TEXT: text },
      });
      return { fates: report.layers.map(({ name, fate }) => `${name} ${fate}`), log };
    };
    expect((await fates("one")).fates).toEqual(["c created", "l created"]);
    const again = await fates("one");
    expect(again.fates).toEqual(["c reused", "l reused"]);
    expect(again.log).toContain("one\n");
    expect((await fates("other")).fates).toEqual(["c changed", "l changed"]);
  });

  test("are other layers if the directory of their buildpack has another mode, as its archive has it", async () => {
    const platform = await makePlatform();
    const fatesAt = async (mode: string) => {
      const build = `${filled("l", "launch cache")}; ${filled("c", "cache")}; chmod ${mode} "$CNB_LAYERS_DIR"`;
      const { report } = await platform.build([await makeBuildpack({ build })]);
      return report.layers.map(({ fate }) => fate);
    };
    expect(await fatesAt("700")).toEqual(["created", "created"]);
    const stored = await stat(join(platform.current, "image/layers/test_one"));
    expect(stored.mode & 0o777).toBe(0o700);
    expect(await fatesAt("755")).toEqual(["changed", "changed"]);
    expect(await fatesAt("755")).toEqual(["reused", "reused"]);
    expect(await fatesAt("500")).toEqual(["changed", "changed"]);
  });

  test("have their pipes again, which are part of a layer's digest", async () => {
    const platform = await makePlatform();
    const first = `layer l cache; cd "$CNB_LAYERS_DIR/l"; mkfifo -m 640 pipe`;
    await platform.build([await makeBuildpack({ build: first })]);
    const build = `[ -p "$CNB_LAYERS_DIR/l/pipe" ]; rm "$CNB_LAYERS_DIR/l/pipe"; layer l cache`;
    const { report } = await platform.build([await makeBuildpack({ build })]);
    expect(report.layers).toMatchObject([{ name: "l", fate: "changed" }]);
  });

  test("are a copy: a build that writes into them and fails leaves the cache as it was", async () => {
    const platform = await makePlatform();
    await platform.build([await makeBuildpack({ build: filled("l", "cache") })]);
    const spoil = `echo spoilt > "$CNB_LAYERS_DIR/l/file"; exit 1`;
    await failureOf(platform.build([await makeBuildpack({ build: spoil })]));
    const build = `[ "$(cat "$CNB_LAYERS_DIR/l/file")" = content ]`;
    await platform.build([await makeBuildpack({ build })]);
  });

  test("include the layers' SBOMs, but not those of the buildpack", async () => {
    const build = `
      ${filled("l", "launch")}; ${filled("c", "cache")}
      for name in l c launch build; do echo $name > "$CNB_LAYERS_DIR/$name.sbom.spdx.json"; done`;
    const found = await restored(build);
    expect(
      Object.keys(found)
        .filter((name) => name.includes("sbom"))
        .sort(),
    ).toEqual(["c.sbom.spdx.json", "l.sbom.spdx.json"]);
  });
});

describe("--clear-cache", () => {
  test("gives no layer back, and the next build has a cache again", async () => {
    const platform = await makePlatform();
    const build = `
      if [ -e "$CNB_LAYERS_DIR/l.toml" ]; then echo found; fi
      ${filled("l", "launch cache")}`;
    const buildpack = await makeBuildpack({ build });
    await platform.build([buildpack]);
    expect((await platform.build([buildpack], { clearCache: true })).log).not.toContain("found");
    expect((await platform.build([buildpack])).log).toContain("found");
  });
});

describe("Layers of the image", () => {
  test("a launch layer without a directory is the previous image's", async () => {
    const platform = await makePlatform();
    await platform.build([await makeBuildpack({ build: filled("l", "launch") })]);
    const again = await makeBuildpack({ build: `types l launch` });
    const { report } = await platform.build([again]);
    expect(report.layers).toMatchObject([{ name: "l", fate: "reused", bytes: 8 }]);
    await platform.build([again]);
    const file = join(platform.current, "image/layers/test_one/l/file");
    expect(await readFile(file, "utf8")).toBe("content\n");
    expect((await stat(file)).nlink).toBe(1);
  });

  test("one that no previous image has fails the build", async () => {
    const platform = await makePlatform();
    const failure = await failureOf(
      platform.build([await makeBuildpack({ build: "types l launch" })]),
    );
    expect(failure).toMatchObject({ code: "platform/store-failed", layer: "l" });
  });

  test("one that is cached too must have contents", async () => {
    const platform = await makePlatform();
    await platform.build([await makeBuildpack({ build: filled("l", "launch") })]);
    const failure = await failureOf(
      platform.build([await makeBuildpack({ build: "types l launch cache" })]),
    );
    expect(failure).toMatchObject({ code: "platform/store-failed", layer: "l" });
  });

  test("one that is only cached and has no contents is left out, with a warning", async () => {
    const platform = await makePlatform();
    const { log } = await platform.build([await makeBuildpack({ build: "types l cache" })]);
    expect(log).toContain("layer test/one:l is not cached, because it has no contents");
    const cache = JSON.parse(
      await readFile(join(platform.current, "cache.json"), "utf8"),
    ) as object;
    expect(cache).toEqual({ buildpacks: [{ key: "test/one", version: "1.0.0", layers: {} }] });
  });

  test("only launch layers are in the image, only cached ones in the cache, each once", async () => {
    const platform = await makePlatform();
    const build = ["l launch", "c cache", "lc launch cache", "b build"]
      .map((layer) => filled(...(layer.split(/ (.*)/s) as [string, string])))
      .join("\n");
    await platform.build([await makeBuildpack({ build })]);
    expect(await readdir(join(platform.current, "image/layers/test_one"))).toEqual(["l", "lc"]);
    expect(await readdir(join(platform.current, "cache/layers/test_one"))).toEqual(["c"]);
    const label = JSON.parse(await readFile(join(platform.current, "labels.json"), "utf8")) as {
      [name: string]: string;
    };
    const image = JSON.parse(label["io.buildpacks.lifecycle.metadata"] ?? "") as {
      buildpacks: { layers: object }[];
    };
    expect(Object.keys(image.buildpacks[0]?.layers ?? {})).toEqual(["l", "lc"]);
    const cache = JSON.parse(await readFile(join(platform.current, "cache.json"), "utf8")) as {
      buildpacks: { layers: object }[];
    };
    expect(Object.keys(cache.buildpacks[0]?.layers ?? {})).toEqual(["c", "lc"]);
  });
});
