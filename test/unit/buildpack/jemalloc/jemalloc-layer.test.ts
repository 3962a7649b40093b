import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  defaultMallocConf,
  installJemalloc,
  type JemallocKeys,
} from "../../../../src/buildpack/jemalloc/jemalloc-layer.ts";
import type { Command } from "../../../../src/system/command.ts";
import { lstatIfAny } from "../../../../src/system/files.ts";
import { failureOf } from "../../../support/failure.ts";
import { recordSection } from "../../../support/section.ts";
import { addToTree, makeTree, modeOf, readTree } from "../../../support/tree.ts";

const keys = {
  distro: "debian 12",
  arch: "amd64",
  jemallocVersion: "5.3.1",
  checksum: "a".repeat(64),
};

describe("the layer jemalloc", () => {
  test("holds the library, its command, its options and an exec.d program, for launch and cache", async () => {
    const layersDir = await makeTree();
    const { lines } = await install({ layersDir });
    expect(lines).toEqual([
      "Installing, because there is nothing from an earlier build",
      "Ruby `3.3.8` ran with it: `libjemalloc.so.2` was in its memory",
    ]);
    const layer = join(layersDir, "jemalloc");
    expect(Object.keys(await readTree(layer))).toEqual([
      "bin/jemalloc.sh",
      "default-malloc-conf",
      "exec.d/jemalloc",
      "lib/libjemalloc.so.2",
    ]);
    expect((await lstatIfAny(join(layer, "lib/libjemalloc.so")))?.isSymbolicLink()).toBe(true);
    expect(await modeOf(join(layer, "bin/jemalloc.sh"))).toBe(0o755);
    expect(await readFile(join(layer, "bin/jemalloc.sh"), "utf8")).toContain("LD_PRELOAD");
    expect(await readFile(join(layersDir, "jemalloc.toml"), "utf8")).toBe(
      "[types]\nlaunch = true\nbuild = false\ncache = true\n\n" +
        '[metadata]\ndistro = "debian 12"\narch = "amd64"\njemalloc-version = "5.3.1"\n' +
        `checksum = "${"a".repeat(64)}"\nproven-with = "3.3.8"\n`,
    );
  });

  test("is proven by the app's Ruby, started through `jemalloc.sh`", async () => {
    const layersDir = await makeTree();
    const { commands } = await install({ layersDir });
    expect(commands).toMatchObject([
      { file: join(layersDir, "jemalloc/bin/jemalloc.sh"), env: { PATH: "/usr/bin" } },
    ]);
    expect(commands[0]?.args[0]).toBe("/layers/ruby/bin/ruby");
  });

  test("is kept where nothing has changed, and nothing is run", async () => {
    const layersDir = await makeTree();
    await install({ layersDir });
    const { lines, commands } = await install({ layersDir });
    expect(lines).toEqual(["Kept `5.3.1`: nothing that it depends on has changed"]);
    expect(commands).toEqual([]);
  });

  test.each<[keyof JemallocKeys, string, string]>([
    ["distro", "ubuntu 24.04", "Distribution (`debian 12` to `ubuntu 24.04`)"],
    ["arch", "arm64", "CPU architecture (`amd64` to `arm64`)"],
    ["jemallocVersion", "5.3.0", "jemalloc version (`5.3.1` to `5.3.0`)"],
    ["checksum", "b", `jemalloc archive (\`${"a".repeat(64)}\` to \`b\`)`],
  ])("is emptied for another %s", async (key, value, reason) => {
    const layersDir = await makeTree();
    await install({ layersDir });
    await addToTree(layersDir, { "jemalloc/lib/libjemalloc.so.1": "" });
    const { lines } = await install({ layersDir, wanted: { ...keys, [key]: value } });
    expect(lines[0]).toBe(`Installing, because ${reason}`);
    expect(await lstatIfAny(join(layersDir, "jemalloc/lib/libjemalloc.so.1"))).toBeUndefined();
  });

  test("is kept for another Ruby, once that has run with it", async () => {
    const layersDir = await makeTree();
    await install({ layersDir });
    const { lines } = await install({ layersDir, ruby: "3.4.1" });
    expect(lines).toEqual([
      "Kept `5.3.1`: nothing that it depends on has changed",
      "Ruby `3.4.1` ran with it: `libjemalloc.so.2` was in its memory",
    ]);
    expect((await install({ layersDir, ruby: "3.4.1" })).commands).toEqual([]);
  });

  test.each([
    ["ran without it", 0, "", []],
    ["did not run", 134, "", ["Aborted"]],
  ])("is not there where Ruby %s", async (_, exitCode, stdout, output) => {
    const layersDir = await makeTree();
    const work = install({ layersDir, trial: { exitCode, stdout, output } });
    expect(await failureOf(work)).toEqual({
      code: "jemalloc/not-loaded",
      version: "5.3.1",
      ruby: "3.3.8",
      output,
    });
    expect(await readTree(layersDir)).toEqual({});
  });

  test("is not there after an installation that failed", async () => {
    const layersDir = await makeTree();
    const fill = async (directory: string) => {
      await addToTree(directory, { "lib/half": "" });
      throw new Error("no network");
    };
    await expect(install({ layersDir, fill })).rejects.toThrow("no network");
    expect(await lstatIfAny(join(layersDir, "jemalloc"))).toBeUndefined();
    expect(await lstatIfAny(join(layersDir, "jemalloc.toml"))).toBeUndefined();
  });
});

describe("the default for MALLOC_CONF", () => {
  test.each([
    ["5.3.1", "dirty_decay_ms:1000,narenas:2,background_thread:true"],
    ["5.0.1", "dirty_decay_ms:1000,narenas:2,background_thread:true"],
    ["4.5.0", "narenas:2"],
    ["3.6.0", "narenas:2"],
  ])("of %s holds options that it knows", (version, conf) => {
    expect(defaultMallocConf(version)).toBe(conf);
  });
});

interface Story {
  layersDir: string;
  wanted?: JemallocKeys;
  ruby?: string;
  fill?: (directory: string) => Promise<void>;
  trial?: { exitCode: number; stdout: string; output: string[] };
}

async function install({ layersDir, wanted = keys, ruby = "3.3.8", fill, trial }: Story) {
  const section = recordSection();
  const commands: Command[] = [];
  const { exitCode, stdout, output } = trial ?? {
    exitCode: 0,
    stdout: "libjemalloc.so.2",
    output: [],
  };
  await installJemalloc({
    layersDir,
    keys: wanted,
    install: fill ?? fillAsArchive,
    ruby: Promise.resolve({ dir: "/layers/ruby", version: ruby }),
    run: async (command) => {
      commands.push(command);
      return { exitCode, stdout, stderr: "", lines: output };
    },
    env: { PATH: "/usr/bin" },
    section,
  });
  return { lines: section.lines, commands };
}

/** What `make install` of jemalloc leaves. */
async function fillAsArchive(directory: string): Promise<void> {
  await addToTree(directory, {
    "bin/jemalloc.sh": "upstream's",
    "bin/jeprof": "",
    "include/jemalloc/jemalloc.h": "",
    "lib/libjemalloc.so.2": "library",
    "lib/libjemalloc.a": "",
    "lib/pkgconfig/jemalloc.pc": "",
  });
  await symlink("libjemalloc.so.2", join(directory, "lib/libjemalloc.so"));
}
