import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { keepCompiledGems } from "../../../../src/buildpack/bootsnap/bootsnap-layer.ts";
import { isDirectory, removeTree } from "../../../../src/system/files.ts";
import { recordSection } from "../../../support/section.ts";
import { addToTree, makeTree, readTree } from "../../../support/tree.ts";

const metadata = {
  distro: "debian 12",
  arch: "amd64",
  rubyVersion: "3.3.8",
  rubyChecksum: "a".repeat(64),
  gemfile: "1",
  lockfile: "2",
  groups: "BUNDLE_WITHOUT=development:test",
  config: "3",
};

describe("the layer bootsnap", () => {
  test("contains compiled code, for launch alone: nothing of it is restored in the next build", async () => {
    const layersDir = await makeTree();
    const { outcome, lines } = await keep({ layersDir });
    expect(outcome).toEqual(compiledCode(layersDir));
    expect(lines).toEqual([
      "Compiling the gems' code, because there is no layer of an earlier build",
    ]);
    expect(await readFile(join(layersDir, "bootsnap.toml"), "utf8")).toContain(
      "[types]\nlaunch = true\nbuild = false\ncache = false\n",
    );
  });

  test("is kept if nothing has changed", async () => {
    const layersDir = await makeTree();
    await keep({ layersDir });
    await restoreMetadataAlone(layersDir);
    const { outcome, lines, compiled } = await keep({ layersDir });
    expect([outcome, compiled]).toEqual([compiledCode(layersDir), 0]);
    expect(lines).toEqual(["Using the gems' compiled code of the last build"]);
    expect(await isDirectory(join(layersDir, "bootsnap"))).toBe(false);
    expect(await readFile(join(layersDir, "bootsnap.toml"), "utf8")).toContain("files = ");
  });

  test("is kept with the contents that version 0.1.0 has cached", async () => {
    const layersDir = await makeTree();
    await keep({ layersDir });
    await removeTree(join(layersDir, "bootsnap-files"));
    const toml = await readFile(join(layersDir, "bootsnap.toml"), "utf8");
    await addToTree(layersDir, { "bootsnap.toml": toml.replace(/^files = .*\n/m, "") });
    const { outcome, compiled } = await keep({ layersDir });
    expect([outcome, compiled]).toEqual([compiledCode(layersDir), 0]);
  });

  test.each<[string, (layersDir: string) => Promise<unknown>]>([
    ["the cache is lost", (dir) => removeTree(join(dir, "bootsnap-files"))],
    ["the cache is that of another image", (dir) => writeList(dir, "bootsnap/a\nbootsnap/b\n")],
    ["the cache is damaged", (dir) => writeList(dir, "bootsnap/../../etc/passwd\n")],
  ])("is compiled again if only the previous image is there and %s", async (_, change) => {
    const layersDir = await makeTree();
    await keep({ layersDir });
    await restoreMetadataAlone(layersDir);
    await change(layersDir);
    const { outcome, lines, compiled } = await keep({ layersDir });
    expect([outcome, compiled]).toEqual([compiledCode(layersDir), 1]);
    expect(lines[0]).toBe("Compiling the gems' code, because the cache has no list of its files");
  });

  test("is compiled again if there is no previous image", async () => {
    const layersDir = await makeTree();
    await keep({ layersDir });
    await restoreMetadataAlone(layersDir);
    await removeTree(join(layersDir, "bootsnap.toml"));
    expect((await keep({ layersDir })).compiled).toBe(1);
  });

  test.each([
    ["distro", "the distribution"],
    ["arch", "the CPU architecture"],
    ["rubyVersion", "the Ruby version"],
    ["rubyChecksum", "the Ruby archive"],
    ["gemfile", "`Gemfile`"],
    ["lockfile", "`Gemfile.lock`"],
    ["groups", "the groups of gems"],
    ["config", "`config/bootsnap.rb`"],
  ])("is emptied when %s changes", async (key, label) => {
    const layersDir = await makeTree();
    await keep({ layersDir });
    await addToTree(layersDir, { "bootsnap/old": "" });
    const { lines } = await keep({ layersDir, changed: { [key]: "other" } });
    expect(lines[0]).toContain(`Compiling the gems' code, because ${label} changed`);
    expect(await readTree(join(layersDir, "bootsnap"))).toEqual({ "bootsnap/a": "compiled" });
  });

  test("does not exist after a failure", async () => {
    const layersDir = await makeTree();
    const { outcome } = await keep({ layersDir, problem: "it failed" });
    expect(outcome).toEqual({ problem: "it failed" });
    expect(await readTree(layersDir)).toEqual({});
  });
});

const compiledCode = (layersDir: string) => ({
  directory: join(layersDir, "bootsnap"),
  files: ["bootsnap/a"],
});

/** What a platform restores of a launch-only layer. */
async function restoreMetadataAlone(layersDir: string): Promise<void> {
  await removeTree(join(layersDir, "bootsnap"));
}

async function writeList(layersDir: string, list: string): Promise<void> {
  await addToTree(layersDir, { "bootsnap-files/list": list });
}

interface Story {
  layersDir: string;
  changed?: Record<string, string>;
  problem?: string;
}

async function keep({ layersDir, changed = {}, problem }: Story) {
  const section = recordSection();
  let compiled = 0;
  const compile = async (directory: string) => {
    compiled++;
    await addToTree(directory, { "bootsnap/a": "compiled" });
    return problem;
  };
  const outcome = await keepCompiledGems({
    layersDir,
    metadata: { ...metadata, ...changed },
    compile,
    section,
  });
  return { outcome, lines: section.lines, compiled };
}
