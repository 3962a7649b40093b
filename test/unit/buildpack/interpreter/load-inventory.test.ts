import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadBuildInventory } from "../../../../src/buildpack/interpreter/load-inventory.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { createFetcher } from "../../../../src/system/http/fetcher.ts";
import { portableInventory } from "../../../support/packages/ruby-artifacts.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

test("without BP_INVENTORY, only the buildpack's own inventory is used", async () => {
  const { context, versions } = await load();
  expect(versions).toEqual(["3.3.8"]);
  expect(context.log()).toBe("");
});

test("BP_INVENTORY is used first, is printed without its checksum, and is kept", async () => {
  const directory = await makeTree();
  const text = entry("3.3.9");
  await addToTree(directory, { "mine.toml": text });
  const url = `file://${join(directory, "mine.toml")}`;
  const sha256 = createHash("sha256").update(text).digest("hex");
  const { context, versions } = await load({ BP_INVENTORY: `${url}#sha256=${sha256}` });
  expect(versions).toEqual(["3.3.9", "3.3.8"]);
  expect(context.log()).toBe(
    `- Inventory\n  - Using \`${url}\` before the buildpack's own inventory\n`,
  );
});

test.for([
  [{}, ["3.3.8 source", "3.3.8 portable"]],
  [{ BP_RUBY_PORTABLE: "true" }, ["3.3.8 source", "3.3.8 portable"]],
  [{ BP_RUBY_PORTABLE: "false" }, ["3.3.8 source"]],
  [{ BP_REQUIRE_CHECKSUMS: "true" }, ["3.3.8 portable"]],
  [{ BP_REQUIRE_CHECKSUMS: "true", BP_RUBY_PORTABLE: "false" }, []],
] as const)("with %o, these are used: %j", async ([userEnv, used]) => {
  const { all } = await load(userEnv, {
    "inventory/ruby-portable.toml": portableInventory("3.3.8"),
  });
  expect(all.map(({ version, kind }) => `${version} ${kind}`).sort()).toEqual([...used].sort());
});

async function load(userEnv: Record<string, string> = {}, more: Record<string, string> = {}) {
  const buildpackDir = await makeTree({ "inventory/ruby.toml": entry("3.3.8"), ...more });
  const input = { buildpackDir, layersDir: await makeTree() };
  const fresh = makeBuildContext({ input, userEnv });
  const context = { ...fresh, fetcher: createFetcher({ env: {} }) };
  const inventory = await loadBuildInventory(context);
  return { context, all: inventory, versions: inventory.map(({ version }) => version) };
}

function entry(version: string): string {
  return `[[artifacts]]\nname = "ruby"\nversion = "${version}"\nkind = "source"\nurl = "https://x.example.com/r"\n`;
}
