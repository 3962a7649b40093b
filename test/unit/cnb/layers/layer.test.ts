import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { describe, expect, test } from "vitest";
import { type LayerRequest, openLayer } from "../../../../src/cnb/layers/layer.ts";
import { parseToml } from "../../../../src/toml.ts";
import { addToTree, makeTree, readTree } from "../../../support/tree.ts";

const schema = z.object({ rubyVersion: z.string(), arch: z.string(), stripped: z.boolean() });
type Metadata = z.output<typeof schema>;

const metadata: Metadata = { rubyVersion: "3.4.5", arch: "amd64", stripped: true };
const all = { launch: true, build: true, cache: true };
const launchOnly = { launch: true, build: false, cache: false };

const restoredToml = `[metadata]\nruby-version = "3.4.5"\narch = "amd64"\nstripped = true\n`;
const restored = { "ruby.toml": restoredToml, "ruby/bin/ruby": "contents" };

async function open(layersDir: string, request: Partial<LayerRequest<Metadata>> = {}) {
  return await openLayer({
    layersDir,
    name: "ruby",
    types: all,
    schema,
    keys: metadata,
    labels: {
      rubyVersion: "the Ruby version",
      arch: "the CPU architecture",
      stripped: "debug symbols",
    },
    ...request,
  });
}

async function stateOf(
  files: Record<string, string>,
  request: Partial<LayerRequest<Metadata>> = {},
) {
  return (await open(await makeTree(files), request)).state;
}

describe("Layer Types", () => {
  const yes = { state: "restored", metadata, contents: "on-disk" };
  const asImage = { state: "restored", metadata, contents: "in-previous-image" };
  const no = { state: "empty" };
  const both = restored;
  const tomlOnly = { "ruby.toml": restoredToml };

  // build, cache, launch; what the spec's table has the lifecycle restore; what that makes of it
  test.each([
    [true, true, true, both, yes],
    [true, true, false, both, yes],
    [true, false, true, {}, no],
    [true, false, false, {}, no],
    [false, true, true, both, yes],
    [false, true, false, both, yes],
    [false, false, true, tomlOnly, asImage],
    [false, false, false, {}, no],
  ])("build %s, cache %s, launch %s", async (build, cache, launch, files, expected) => {
    expect(await stateOf(files, { types: { build, cache, launch } })).toMatchObject(expected);
  });

  test.each([
    { build: true, cache: false, launch: true },
    { build: true, cache: false, launch: false },
    { build: false, cache: false, launch: false },
  ])("are never kept for %j, whatever exists", async (types) => {
    const because = ["every build makes it again"];
    expect(await stateOf(both, { types })).toEqual({ state: "empty", because });
  });

  test("writes the types on every build", async () => {
    const layers = await makeTree(restored);
    await (await open(layers)).commit({ metadata });
    expect(parseToml((await readTree(layers))["ruby.toml"] ?? "")).toEqual({
      types: { launch: true, build: true, cache: true },
      metadata: { "ruby-version": "3.4.5", arch: "amd64", stripped: true },
    });
  });
});

describe("Launch Layers", () => {
  const files = { "ruby.toml": restoredToml, "ruby.sbom.spdx.json": "{}" };

  test("leaves no directory if the previous image's contents are reused", async () => {
    const layers = await makeTree(files);
    const layer = await open(layers, { types: launchOnly });
    await layer.commit({ metadata });
    expect(await readdir(layers)).toEqual(["ruby.sbom.spdx.json", "ruby.toml"]);
  });

  test("refuses to write next to contents that are not on disk", async () => {
    const layer = await open(await makeTree(files), { types: launchOnly });
    const env = [{ scope: "all", name: "A", behavior: "default", value: "x" }] as const;
    await expect(layer.commit({ metadata, env })).rejects.toThrow(/not on disk/);
  });

  test("become an empty directory if their metadata does not match", async () => {
    const layers = await makeTree(files);
    const keys = { ...metadata, arch: "arm64" };
    const layer = await open(layers, { types: launchOnly, keys });
    expect(layer.state).toEqual({
      state: "empty",
      because: ["the CPU architecture changed from `amd64` to `arm64`"],
    });
    expect(await readdir(layers)).toEqual(["ruby"]);
  });

  test("become an empty directory if they were never built", async () => {
    expect(await stateOf({}, { types: launchOnly })).toEqual({
      state: "empty",
      because: ["there is no layer of an earlier build"],
    });
  });

  test("that become cached layers are emptied, because their contents were not restored", async () => {
    expect(await stateOf(files, { types: all })).toEqual({
      state: "empty",
      because: ["its contents were not restored"],
    });
  });
});

describe("Reusing Layers", () => {
  test("keeps a layer with unchanged values, with its contents and SBOMs", async () => {
    const layers = await makeTree({ ...restored, "ruby.sbom.cdx.json": "{}" });
    const layer = await open(layers);
    expect(layer.state.state).toBe("restored");
    await layer.commit({ metadata });
    expect(Object.keys(await readTree(layers))).toEqual([
      "ruby.sbom.cdx.json",
      "ruby.toml",
      "ruby/bin/ruby",
    ]);
  });

  test("names every value that changed, in the user's words", async () => {
    const keys = { rubyVersion: "3.4.6", arch: "arm64", stripped: false };
    expect(await stateOf(restored, { keys })).toEqual({
      state: "empty",
      because: [
        "the Ruby version changed from `3.4.5` to `3.4.6`",
        "the CPU architecture changed from `amd64` to `arm64`",
        "debug symbols changed from `true` to `false`",
      ],
    });
  });

  test("compares only the values that it is given", async () => {
    expect(await stateOf(restored, { keys: { arch: "amd64" } })).toMatchObject({
      state: "restored",
      metadata: { rubyVersion: "3.4.5" },
    });
  });

  test("compares numbers as strings, since labels turn integers into floats", async () => {
    const schema = z.object({ major: z.string() });
    const layersDir = await makeTree({ "x.toml": "[metadata]\nmajor = 3.0\n", "x/": "" });
    const { state } = await openLayer({
      layersDir,
      name: "x",
      types: all,
      schema,
      keys: { major: "3" },
      labels: { major: "major version" },
    });
    expect(state.state).toBe("restored");
  });

  test("says `none` for a missing value", async () => {
    const schema = z.object({ patch: z.string().optional() });
    const layersDir = await makeTree({ "x.toml": "[metadata]\n", "x/": "" });
    const { state } = await openLayer({
      layersDir,
      name: "x",
      types: all,
      schema,
      keys: { patch: "1" },
      labels: { patch: "patch" },
    });
    expect(state).toEqual({ state: "empty", because: ["patch changed from none to `1`"] });
  });

  test("empties the directory of a layer that it cannot keep, and drops its SBOMs", async () => {
    const layers = await makeTree({ ...restored, "ruby.sbom.cdx.json": "{}", "gems/x": "kept" });
    await open(layers, { keys: { arch: "arm64" } });
    expect(await readTree(layers)).toEqual({ "gems/x": "kept" });
    expect(await readdir(join(layers, "ruby"))).toEqual([]);
  });

  test("empties a layer whose contents do not pass the check", async () => {
    const check = async (path: string) => `\`${path.split("/").at(-1)}\` does not start`;
    expect(await stateOf(restored, { check })).toEqual({
      state: "empty",
      because: ["`ruby` does not start"],
    });
  });

  test("does not check contents that are not kept anyway", async () => {
    const check = async () => "checked";
    const keys = { arch: "arm64" };
    expect(await stateOf(restored, { check, keys })).toEqual({
      state: "empty",
      because: ["the CPU architecture changed from `amd64` to `arm64`"],
    });
  });
});

describe("Cached Layers, half restored", () => {
  test.each([
    ["neither is there", {}, ["there is no layer of an earlier build"]],
    ["contents are missing", { "ruby.toml": restoredToml }, ["its contents were not restored"]],
    ["metadata are missing", { "ruby/bin/ruby": "" }, ["the last build did not finish it"]],
    [
      "metadata are no TOML",
      { "ruby.toml": "]", "ruby/bin/ruby": "" },
      ["its metadata cannot be read"],
    ],
    [
      "metadata are of an older shape",
      { "ruby.toml": '[metadata]\nversion = "1"\narch = "amd64"\n', "ruby/bin/ruby": "" },
      ["its metadata cannot be read (`ruby-version`, `stripped`)"],
    ],
    [
      "types stand at the top level",
      { "ruby.toml": `launch = true\n${restoredToml}`, "ruby/bin/ruby": "" },
      ["its metadata cannot be read (launch: belongs in the `types` table)"],
    ],
    [
      "contents are missing and metadata are no TOML",
      { "ruby.toml": "]" },
      ["its contents were not restored", "its metadata cannot be read"],
    ],
    ["both are of the other kind", { ruby: "", "ruby.toml/": "" }, undefined],
  ])("is empty if %s", async (_, files, because) => {
    const layers = await makeTree(files);
    const { state } = await open(layers);
    expect(state).toMatchObject(because ? { state: "empty", because } : { state: "empty" });
    expect(await readdir(layers)).toEqual(["ruby"]);
    expect(await readdir(join(layers, "ruby"))).toEqual([]);
  });

  test("names missing contents and changed values together", async () => {
    expect(await stateOf({ "ruby.toml": restoredToml }, { keys: { arch: "arm64" } })).toEqual({
      state: "empty",
      because: [
        "its contents were not restored",
        "the CPU architecture changed from `amd64` to `arm64`",
      ],
    });
  });
});

describe("Providing Layers", () => {
  test("treats a layer as incomplete if the build ended before the commit", async () => {
    const layers = await makeTree(restored);
    await open(layers);
    expect(Object.keys(await readTree(layers))).toEqual(["ruby/bin/ruby"]);
    expect((await open(layers)).state).toEqual({
      state: "empty",
      because: ["the last build did not finish it"],
    });
  });

  test("keeps a committed layer in the next build", async () => {
    const layers = await makeTree();
    const layer = await open(layers);
    await addToTree(layer.path, { "bin/ruby": "contents" });
    await layer.commit({ metadata });
    expect((await open(layers)).state.state).toBe("restored");
  });

  test("writes environment, exec.d and SBOMs, and replaces those of an earlier build", async () => {
    const layers = await makeTree({
      ...restored,
      "ruby/env/OLD": "x",
      "ruby/exec.d/old": "x",
      "ruby.sbom.syft.json": "old",
    });
    await (
      await open(layers)
    ).commit({
      metadata,
      env: [{ scope: "launch", name: "LANG", behavior: "default", value: "C.UTF-8" }],
      execD: [{ name: "new", program: "#!/bin/sh\n" }],
      sboms: [{ format: "spdx", content: "{}" }],
    });
    expect(await readTree(layers)).toEqual({
      "ruby.sbom.spdx.json": "{}",
      "ruby.toml": expect.any(String),
      "ruby/bin/ruby": "contents",
      "ruby/env.launch/LANG.default": "C.UTF-8",
      "ruby/exec.d/new": "#!/bin/sh\n",
    });
  });

  test("writes metadata last: if anything before fails, the layer stays incomplete", async () => {
    const layers = await makeTree(restored);
    const layer = await open(layers);
    const env = [{ scope: "all", name: "HOME", behavior: "override", value: "x" }] as const;
    await expect(layer.commit({ metadata, env })).rejects.toThrow(/HOME/);
    expect(await readdir(layers)).toEqual(["ruby"]);
  });

  test("leaves out metadata that are undefined", async () => {
    const layersDir = await makeTree();
    const schema = z.object({ patch: z.string().optional() });
    const layer = await openLayer({
      layersDir,
      name: "x",
      types: all,
      schema,
      keys: {},
      labels: { patch: "patch" },
    });
    await layer.commit({ metadata: { patch: undefined } });
    expect(parseToml((await readTree(layersDir))["x.toml"] ?? "")).toMatchObject({ metadata: {} });
  });

  test.each(["build", "launch", "store", "ruby-3.4", "../x"])(
    "refuses a layer called %s",
    async (name) => {
      await expect(open(await makeTree(), { name })).rejects.toThrow();
    },
  );

  test("removes nothing of a layer whose name begins with the same letters", async () => {
    const layers = await makeTree({ "ruby-extra.toml": "x", "ruby-extra.sbom.spdx.json": "x" });
    await open(layers);
    await rm(join(layers, "ruby"), { recursive: true });
    expect(Object.keys(await readTree(layers))).toEqual([
      "ruby-extra.sbom.spdx.json",
      "ruby-extra.toml",
    ]);
  });
});
