import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { keepCompiledGems } from "../../../../src/buildpack/bootsnap/bootsnap-layer.ts";
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
  test("holds compiled code, for launch and cache", async () => {
    const layersDir = await makeTree();
    const { outcome, lines } = await keep({ layersDir });
    expect(outcome).toEqual({ directory: join(layersDir, "bootsnap") });
    expect(lines).toEqual([
      "Compiling the gems' code, because there is nothing from an earlier build",
    ]);
    expect(await readFile(join(layersDir, "bootsnap.toml"), "utf8")).toContain(
      "[types]\nlaunch = true\nbuild = false\ncache = true\n",
    );
  });

  test("is kept where nothing has changed", async () => {
    const layersDir = await makeTree();
    await keep({ layersDir });
    const { outcome, lines, compiled } = await keep({ layersDir });
    expect([outcome, compiled]).toEqual([{ directory: join(layersDir, "bootsnap") }, 0]);
    expect(lines).toEqual(["Kept the gems' compiled code: nothing that it depends on has changed"]);
  });

  test.each([
    ["distro", "Distribution"],
    ["arch", "CPU architecture"],
    ["rubyVersion", "Ruby version"],
    ["rubyChecksum", "Ruby archive"],
    ["gemfile", "`Gemfile`"],
    ["lockfile", "`Gemfile.lock`"],
    ["groups", "groups of gems"],
    ["config", "`config/bootsnap.rb`"],
  ])("is emptied when %s changes", async (key, label) => {
    const layersDir = await makeTree();
    await keep({ layersDir });
    await addToTree(layersDir, { "bootsnap/old": "" });
    const { lines } = await keep({ layersDir, changed: { [key]: "other" } });
    expect(lines[0]).toContain(`Compiling the gems' code, because ${label} (`);
    expect(await readTree(join(layersDir, "bootsnap"))).toEqual({ "bootsnap/a": "compiled" });
  });

  test("is not there after a failure", async () => {
    const layersDir = await makeTree();
    const { outcome } = await keep({ layersDir, problem: "it failed" });
    expect(outcome).toEqual({ problem: "it failed" });
    expect(await readTree(layersDir)).toEqual({});
  });
});

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
