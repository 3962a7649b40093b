import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openEnvironmentRecord } from "../../../../src/buildpack/gems/environment-record.ts";
import { makeTree, modeOf, readTree } from "../../../support/tree.ts";

/** One build: what it finds of the environment of the build before it. */
async function build(
  layersDir: string,
  variables: Record<string, string>,
  credentials: readonly string[] = [],
) {
  const record = await openEnvironmentRecord(layersDir, variables, credentials);
  await record.commit();
  return record;
}

const unknown = "there is no record of the build's environment";
const changed = "the build's environment changed";

describe("Application Contract: user configurable environment variables", () => {
  test("the first build knows nothing of an earlier environment", async () => {
    expect((await build(await makeTree(), {})).change).toBe(unknown);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ["another value", { SHOP: "2" }, []],
    ["no variable", {}, []],
    ["a value that moved into the name", { SHOP1: "" }, []],
    ["one more variable", { SHOP: "1", A: "" }, []],
    ["a login of a binding", { SHOP: "1" }, ["BUNDLE_GEMS__EXAMPLE__COM"]],
  ])("%s is a change", async (_, variables, credentials) => {
    const layersDir = await makeTree();
    await build(layersDir, { SHOP: "1" });
    expect((await build(layersDir, variables, credentials)).change).toBe(changed);
    expect((await build(layersDir, variables, credentials)).change).toBeUndefined();
  });

  test("the order of variables is none", async () => {
    const layersDir = await makeTree();
    await build(layersDir, { A: "1", B: "2" });
    expect((await build(layersDir, { B: "2", A: "1" })).change).toBeUndefined();
  });

  test.each(["SOURCE_VERSION", "GIT_REV", "BP_OCI_REVISION", "BP_IMAGE_LABELS"])(
    "%s, which differs in every deployment, is none",
    async (name) => {
      const layersDir = await makeTree();
      await build(layersDir, { [name]: "1" });
      expect((await build(layersDir, { [name]: "2" })).change).toBeUndefined();
    },
  );
});

describe("the layer", () => {
  test("is only cached, and its metadata, which becomes a label, is empty", async () => {
    const layersDir = await makeTree();
    await build(layersDir, { DATABASE_URL: "postgres://user:hunter2@db" });
    const files = await readTree(layersDir);
    expect(Object.keys(files)).toEqual(["gems-environment.toml", "gems-environment/record.json"]);
    expect(files["gems-environment.toml"]).toMatch(/launch = false\nbuild = false\ncache = true/);
    expect(files["gems-environment.toml"]).not.toMatch(/[0-9a-f]{8}/);
    expect(JSON.stringify(files)).not.toContain("hunter2");
    expect(await modeOf(join(layersDir, "gems-environment/record.json"))).toBe(0o600);
  });

  test("has another key for each app, and keeps it", async () => {
    const [one, two] = [await makeTree(), await makeTree()];
    const parts = ["PASSWORD\0hunter2"];
    const first = (await build(one, {})).digest(parts);
    expect((await build(one, { A: "1" })).digest(parts)).toBe(first);
    expect((await build(two, {})).digest(parts)).not.toBe(first);
  });

  test.each<[string, (layer: string) => Promise<void>]>([
    ["lost", async (layer) => await rm(layer, { recursive: true })],
    ["without metadata", async (layer) => await rm(`${layer}.toml`)],
    ["cut off", async (layer) => await cutOff(join(layer, "record.json"))],
  ])("that is %s is made again", async (_, damage) => {
    const layersDir = await makeTree();
    await build(layersDir, { A: "1" });
    await damage(join(layersDir, "gems-environment"));
    expect((await build(layersDir, { A: "1" })).change).toBe(unknown);
    expect((await build(layersDir, { A: "1" })).change).toBeUndefined();
  });
});

async function cutOff(path: string): Promise<void> {
  const text = await readFile(path, "utf8");
  await writeFile(path, text.slice(0, text.length / 2));
}
