import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import type { ArtifactEntry } from "../../../src/artifacts/artifact-entry.ts";
import { addToInventory } from "../../../src/artifacts/inventory-file.ts";
import { parseToml } from "../../../src/toml.ts";
import { failureOf } from "../../support/failure.ts";
import { makeTree } from "../../support/tree.ts";

test("creates the file, and resolves to its URL with its checksum", async () => {
  const path = join(await makeTree(), "inventory.toml");
  const location = await addToInventory(path, entry({}));
  const text = await readFile(path);
  const sha256 = createHash("sha256").update(text).digest("hex");
  expect(location).toBe(`${pathToFileURL(path).href}#sha256=${sha256}`);
  expect(parseToml(text.toString())).toEqual({
    artifacts: [
      {
        name: "jemalloc",
        version: "5.3.0",
        kind: "prebuilt",
        url: "jemalloc.tgz",
        sha256: "a".repeat(64),
        "strip-components": 0,
        os: "linux",
        arch: "amd64",
        "distro-name": "debian",
        "distro-version": "12",
      },
    ],
  });
});

test("keeps other artifacts, and replaces the one for the same version and target", async () => {
  const path = join(await makeTree(), "inventory.toml");
  await addToInventory(path, entry({}));
  await addToInventory(path, entry({ arch: "arm64" }));
  await addToInventory(path, entry({ "distro-version": "13" }));
  await addToInventory(path, entry({ version: "5.3.1" }));
  await addToInventory(path, entry({ name: "ruby", version: "3.3.8" }));
  await addToInventory(path, entry({ sha256: "b".repeat(64) }));
  expect(await summaryOf(path)).toEqual([
    "jemalloc 5.3.1 12 amd64 a",
    "jemalloc 5.3.0 12 amd64 b",
    "jemalloc 5.3.0 12 arm64 a",
    "jemalloc 5.3.0 13 amd64 a",
    "ruby 3.3.8 12 amd64 a",
  ]);
});

test("keeps sources that were listed before", async () => {
  const source = `[[artifacts]]\nname = "ruby"\nversion = "3.3.8"\nkind = "source"\nurl = "r.tgz"\n`;
  const path = join(await makeTree({ "inventory.toml": source }), "inventory.toml");
  await addToInventory(path, entry({ name: "ruby", version: "3.3.8" }));
  expect(await summaryOf(path)).toHaveLength(2);
});

test("keeps portable artifacts for another C library or architecture", async () => {
  const path = join(await makeTree(), "inventory.toml");
  const add = async (own: Partial<Record<keyof typeof portable, string>>) =>
    await addToInventory(path, { ...portable, ...own } as ArtifactEntry);
  await add({});
  await add({ "min-glibc": "2.35" });
  await add({ arch: "arm64" });
  await add({ sha256: "b".repeat(64) });
  expect((await summaryOf(path)).sort()).toEqual([
    "ruby 3.4.5  amd64 a",
    "ruby 3.4.5  amd64 b",
    "ruby 3.4.5  arm64 a",
  ]);
});

test.each([
  ["no TOML", "artifacts = [", "Unterminated|Unexpected|Key"],
  ["another kind of file", 'colour = "red"', "colour"],
])("refuses to overwrite %s", async (_, text, problem) => {
  const root = await makeTree({ "inventory.toml": text });
  const path = join(root, "inventory.toml");
  const failure = await failureOf(addToInventory(path, entry({})));
  expect(failure).toMatchObject({ code: "artifact/inventory-invalid", location: path });
  expect((failure as { problem: string }).problem).toMatch(new RegExp(problem));
  expect(await readFile(path, "utf8")).toBe(text);
});

const portable = {
  name: "ruby",
  version: "3.4.5",
  kind: "portable",
  url: "ruby.tgz",
  sha256: "a".repeat(64),
  "strip-components": 2,
  os: "linux",
  arch: "amd64",
  "min-glibc": "2.39",
} as const;

async function summaryOf(path: string): Promise<string[]> {
  const { artifacts } = parseToml(await readFile(path, "utf8")) as {
    artifacts: Record<string, string>[];
  };
  return artifacts.map((each) =>
    [each["name"], each["version"], each["distro-version"], each["arch"], each["sha256"]?.[0]].join(
      " ",
    ),
  );
}

function entry(own: Partial<ArtifactEntry>): ArtifactEntry {
  return {
    name: "jemalloc",
    version: "5.3.0",
    kind: "prebuilt",
    url: "jemalloc.tgz",
    sha256: "a".repeat(64),
    "strip-components": 0,
    os: "linux",
    arch: "amd64",
    "distro-name": "debian",
    "distro-version": "12",
    ...own,
  } as ArtifactEntry;
}
