import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { installRubyLayer } from "../../../../src/buildpack/interpreter/ruby-layer.ts";
import type {
  RubyMetadata,
  RubyOptions,
} from "../../../../src/buildpack/interpreter/ruby-layer.ts";
import { lstatIfAny } from "../../../../src/system/files.ts";
import { recordSection } from "../../../support/section.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

const metadata = {
  distro: "debian 12",
  arch: "amd64",
  rubyVersion: "3.3.8",
  checksum: "a".repeat(64),
};

describe("the layer ruby", () => {
  test("is filled on the first build, for build, launch and cache", async () => {
    const layersDir = await makeTree();
    const { dir, kept, lines } = await install(layersDir);
    expect(kept).toBe(false);
    expect(dir).toBe(join(layersDir, "ruby"));
    expect(lines).toEqual([
      "Installing, because there is no layer of an earlier build",
      "installed",
    ]);
    expect(await readFile(join(dir, "bin/ruby"), "utf8")).toBe("3.3.8");
    expect(await readFile(join(layersDir, "ruby.toml"), "utf8")).toBe(
      "[types]\nlaunch = true\nbuild = true\ncache = true\n\n" +
        '[metadata]\ndistro = "debian 12"\narch = "amd64"\nruby-version = "3.3.8"\n' +
        `checksum = "${"a".repeat(64)}"\n`,
    );
  });

  test("is kept if nothing has changed", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    const { kept, lines } = await install(layersDir);
    expect(kept).toBe(true);
    expect(lines).toEqual(["Using `3.3.8` of the last build"]);
  });

  test.each<[keyof RubyMetadata, string, string]>([
    ["distro", "ubuntu 24.04", "the distribution changed from `debian 12` to `ubuntu 24.04`"],
    ["arch", "arm64", "the CPU architecture changed from `amd64` to `arm64`"],
    ["rubyVersion", "3.4.10", "the Ruby version changed from `3.3.8` to `3.4.10`"],
    ["checksum", "b", "the Ruby archive changed"],
  ])("is emptied for another %s (contract: Ruby version)", async (key, value, reason) => {
    const layersDir = await makeTree();
    await install(layersDir);
    await addToTree(layersDir, { "ruby/old": "" });
    const { dir, lines } = await install(layersDir, { ...metadata, [key]: value });
    expect(lines[0]).toBe(`Installing, because ${reason}`);
    expect(await lstatIfAny(join(dir, "old"))).toBeUndefined();
  });

  test("is emptied if it cannot be used", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    await addToTree(layersDir, { "ruby/old": "" });
    const { dir, kept, lines } = await install(layersDir, metadata, async () => "it is damaged");
    expect(kept).toBe(false);
    expect(lines[0]).toBe("Installing, because it is damaged");
    expect(await lstatIfAny(join(dir, "old"))).toBeUndefined();
  });

  test("counts as incomplete after a failed installation", async () => {
    const layersDir = await makeTree();
    const failing = installRubyLayer({
      layersDir,
      metadata,
      check: async () => undefined,
      section: recordSection(),
      install: async (directory) => {
        await addToTree(directory, { "bin/half": "" });
        throw new Error("no network");
      },
    });
    await expect(failing).rejects.toThrow("no network");
    const { dir, lines } = await install(layersDir);
    expect(lines[0]).toBe("Installing, because the last build did not finish it");
    expect(await lstatIfAny(join(dir, "bin/half"))).toBeUndefined();
  });
});

async function install(
  layersDir: string,
  wanted: RubyMetadata = metadata,
  check: RubyOptions["check"] = async () => undefined,
) {
  const section = recordSection();
  const { dir, kept } = await installRubyLayer({
    layersDir,
    metadata: wanted,
    check,
    section,
    install: async (directory) => {
      await addToTree(directory, { "bin/ruby": wanted.rubyVersion });
      section.say("installed");
    },
  });
  return { dir, kept, lines: section.lines };
}
