import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  applyLayerPaths,
  type EnvModification,
  readLayerEnv,
  writeLayerEnv,
} from "../../../../src/cnb/layers/layer-env.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

const set = (name: string, value = "x"): EnvModification => ({
  scope: "all",
  name,
  behavior: "override",
  value,
});

describe("Environment, Provided by the Buildpacks", () => {
  test("writes one file for each modification, in the directory of its scope", async () => {
    const layer = await makeTree();
    await writeLayerEnv(layer, [
      { scope: "all", name: "A", behavior: "override", value: "1" },
      { scope: "build", name: "B", behavior: "append", value: "2", delim: " " },
      { scope: "launch", name: "C", behavior: "default", value: "3" },
      { scope: { process: "web" }, name: "D", behavior: "prepend", value: "4", delim: ":" },
    ]);
    expect(await readTree(layer)).toEqual({
      "env/A.override": "1",
      "env.build/B.append": "2",
      "env.build/B.delim": " ",
      "env.launch/C.default": "3",
      "env.launch/web/D.delim": ":",
      "env.launch/web/D.prepend": "4",
    });
  });

  test("writes values byte for byte, without a newline of its own", async () => {
    const layer = await makeTree();
    await writeLayerEnv(layer, [set("A", " $HOME\nü"), set("B", "")]);
    expect(await readTree(layer)).toEqual({ "env/A.override": " $HOME\nü", "env/B.override": "" });
  });

  test("removes what an earlier build wrote, and nothing else", async () => {
    const layer = await makeTree({ "env/OLD": "x", "env.launch/web/OLD": "x", "bin/ruby": "x" });
    await writeLayerEnv(layer, []);
    expect(await readTree(layer)).toEqual({ "bin/ruby": "x" });
  });

  test("shares one delimiter between two modifications of a variable", async () => {
    const layer = await makeTree();
    const both = { scope: "all", name: "A", value: "x", delim: ":" } as const;
    await writeLayerEnv(layer, [
      { ...both, behavior: "append" },
      { ...both, behavior: "prepend" },
    ]);
    expect(await readTree(layer)).toMatchObject({ "env/A.delim": ":" });
  });

  test.each([
    ["the same file twice", [set("A", "1"), set("A", "2")]],
    [
      "two delimiters for one variable",
      [
        { ...set("A"), behavior: "append", delim: ":" },
        { ...set("A"), behavior: "prepend", delim: "," },
      ] satisfies EnvModification[],
    ],
  ])("refuses to write %s, and changes nothing", async (_, modifications) => {
    const layer = await makeTree({ "env/KEPT": "x" });
    await expect(writeLayerEnv(layer, modifications)).rejects.toThrow(/two modifications/);
    expect(await readTree(layer)).toEqual({ "env/KEPT": "x" });
  });

  test.each(["CNB_TARGET_OS", "BP_LOG_LEVEL", "BPL_DEBUG", "HOME"])(
    "refuses to write %s, which is not the buildpack's",
    async (name) => {
      await expect(writeLayerEnv(await makeTree(), [set(name)])).rejects.toThrow(name);
    },
  );

  test.each(["A.B", "A=B", "A/B", "", "1A"])(
    "refuses to write %j, which is not a name of a variable",
    async (name) => {
      await expect(writeLayerEnv(await makeTree(), [set(name)])).rejects.toThrow(
        /not a name of a variable/,
      );
    },
  );
});

describe("Environment Variable Modification Rules, reading", () => {
  test("distinguishes the suffixes, and treats a name without one as an override", async () => {
    const layer = await makeTree({
      "env/A": "1",
      "env/B.override": "2",
      "env/C.default": "3",
      "env.build/D.append": "4",
      "env.build/D.delim": ":",
      "env.launch/E.prepend": "5",
      "env.launch/web/F.default": "6",
    });
    expect(await readLayerEnv(layer)).toEqual([
      { scope: "all", name: "A", behavior: "override", value: "1", unsuffixed: true },
      { scope: "all", name: "B", behavior: "override", value: "2" },
      { scope: "all", name: "C", behavior: "default", value: "3" },
      { scope: "build", name: "D", behavior: "append", value: "4", delim: ":" },
      { scope: "launch", name: "E", behavior: "prepend", value: "5" },
      { scope: { process: "web" }, name: "F", behavior: "default", value: "6" },
    ]);
  });

  test.each(["A.unknown", "A.b.prepend", "A.", "A.delim"])("ignores %s", async (file) => {
    expect(await readLayerEnv(await makeTree({ [`env/${file}`]: "x" }))).toEqual([]);
  });

  test("ignores directories in env", async () => {
    expect(await readLayerEnv(await makeTree({ "env/web/A": "x" }))).toEqual([]);
  });

  test("finds nothing in a layer without environment", async () => {
    expect(await readLayerEnv(await makeTree())).toEqual([]);
  });

  test("reads back what it writes", async () => {
    const layer = await makeTree();
    const modifications: EnvModification[] = [
      set("A"),
      { scope: "all", name: "B", behavior: "append", value: "b", delim: ":" },
      { scope: { process: "web" }, name: "C", behavior: "default", value: "" },
    ];
    await writeLayerEnv(layer, modifications);
    expect(await readLayerEnv(layer)).toEqual(modifications);
  });
});

describe("Layer Paths", () => {
  const all = { "bin/": "", "lib/": "", "include/": "", "pkgconfig/": "" };

  test("are all applied at build", async () => {
    const layer = await makeTree(all);
    expect(await applyLayerPaths({ PATH: "/bin" }, layer, "build")).toEqual({
      PATH: `${layer}/bin:/bin`,
      LD_LIBRARY_PATH: `${layer}/lib`,
      LIBRARY_PATH: `${layer}/lib`,
      CPATH: `${layer}/include`,
      PKG_CONFIG_PATH: `${layer}/pkgconfig`,
    });
  });

  test("are bin and lib at launch", async () => {
    const layer = await makeTree(all);
    expect(await applyLayerPaths({}, layer, "launch")).toEqual({
      PATH: `${layer}/bin`,
      LD_LIBRARY_PATH: `${layer}/lib`,
    });
  });

  test("count only if they exist; a file counts, too, as in lifecycles", async () => {
    const layer = await makeTree({ bin: "a file" });
    expect(await applyLayerPaths({ PATH: "/bin" }, layer, "launch")).toEqual({
      PATH: `${join(layer, "bin")}:/bin`,
    });
  });
});
