import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { embedArtifacts } from "../../../src/artifacts/embed-artifacts.ts";
import { readOwnInventory } from "../../../src/artifacts/inventory.ts";
import { resolveArtifact } from "../../../src/artifacts/resolve-artifact.ts";
import { createFetcher } from "../../../src/system/http/fetcher.ts";
import { failureOf } from "../../support/failure.ts";
import { recordSection } from "../../support/section.ts";
import { addToTree, makeTree } from "../../support/tree.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const entry = (file: string, more: string) =>
  `[[artifacts]]\nname = "ruby"\nversion = "3.3.8"\nurl = "../upstream/${file}"\n${more}\n`;
const prebuilt = (file: string, arch: string, distro: string) =>
  entry(
    file,
    `kind = "prebuilt"\narch = "${arch}"\ndistro-name = "debian"\ndistro-version = "${distro}"\nstrip-components = 1`,
  );

/** A buildpack with archives for two distributions, of which nobody states a checksum, and a source. */
async function makeBuildpackDir(): Promise<string> {
  return await makeTree({
    "inventory/ruby.toml": [
      prebuilt("d12.tgz", "amd64", "12"),
      prebuilt("d13.tgz", "amd64", "13"),
      prebuilt("arm.tgz", "arm64", "12"),
      entry("source.tgz", `kind = "source"\nsha256 = "${sha256("source")}"`),
    ].join("\n"),
    ...{ "upstream/d12.tgz": "d12", "upstream/d13.tgz": "d13" },
    ...{ "upstream/arm.tgz": "arm", "upstream/source.tgz": "source" },
  });
}

async function embed(
  version: string,
  distro?: { name: string; version: string },
  more: Record<string, string> = {},
) {
  const [buildpackDir, directory] = [await makeBuildpackDir(), await makeTree()];
  await addToTree(buildpackDir, more);
  const section = recordSection();
  await embedArtifacts({
    wanted: [{ name: "ruby", version, source: "Gemfile.lock" }],
    ...{ buildpackDir, directory, section, env: {} },
    target: { os: "linux", arch: "amd64", ...(distro ? { distro } : {}) },
    fetcher: createFetcher({ env: {} }),
    signal: new AbortController().signal,
  });
  return { buildpackDir, directory };
}

const debian12 = { name: "debian", version: "12" };

describe("embedArtifacts", () => {
  test("a build then uses the archive next to the inventory, with a checksum", async () => {
    const { directory } = await embed("3.3.8", debian12);
    const ruby = await readFile(join(directory, "inventory/embedded.toml"), "utf8");
    // The inventory of a package: its own, and the embedded one.
    await addToTree(directory, { "inventory/ruby.toml": prebuilt("gone.tgz", "amd64", "12") });
    expect(ruby).toContain(`../artifacts/${sha256("d12")}/d12.tgz`);
    const target = { os: "linux", arch: "amd64", distro: debian12 };
    const wanted = { name: "ruby", version: "3.3.8", source: "Gemfile.lock", target };
    const found = resolveArtifact(await readOwnInventory(directory), wanted);
    expect(found).toMatchObject({ sha256: sha256("d12"), stripComponents: 1, kind: "prebuilt" });
    expect(await readFile(new URL(found.url), "utf8")).toBe("d12");
  });

  test("without a distribution, archives for all distributions are embedded", async () => {
    const { directory } = await embed("3.3.8");
    const artifacts = await readOwnInventory(directory);
    const digests = artifacts.map((artifact) => artifact.sha256).sort();
    expect(digests).toEqual([sha256("d12"), sha256("d13"), sha256("source")].sort());
  });

  test("without an archive for the distribution, the source is embedded", async () => {
    const { directory } = await embed("3.3.8", { name: "ubuntu", version: "24.04" });
    expect(await readOwnInventory(directory)).toMatchObject([{ kind: "source" }]);
  });

  const portable = {
    "upstream/portable.tgz": "portable",
    "inventory/ruby-portable.toml": entry(
      "portable.tgz",
      `kind = "portable"\narch = "amd64"\nmin-glibc = "2.39"\nsha256 = "${sha256("portable")}"`,
    ),
  };

  test.for<[string, { name: string; version: string } | undefined, string[]]>([
    [
      "for a distribution without its own",
      { name: "debian", version: "14" },
      ["portable", "source"],
    ],
    ["for a distribution with its own", debian12, ["d12"]],
    ["for all distributions", undefined, ["d12", "d13", "portable", "source"]],
  ])("a portable archive %s comes with what an older C library needs", async (row) => {
    const [, distro, files] = row;
    const { directory } = await embed("3.3.8", distro, portable);
    const artifacts = await readOwnInventory(directory);
    expect(artifacts.map((one) => one.sha256).sort()).toEqual(files.map(sha256).sort());
    const found = artifacts.find(({ kind }) => kind === "portable");
    if (found) expect(found.builtFor).toEqual({ os: "linux", arch: "amd64", glibc: "2.39" });
  });

  test("a branch means its newest release, and an unknown version fails as in a build", async () => {
    const { directory } = await embed("3.3", debian12);
    expect(await readOwnInventory(directory)).toMatchObject([{ version: "3.3.8" }]);
    const failure = await failureOf(embed("9.9.9", debian12));
    expect(failure).toMatchObject({ code: "artifact/version-unknown", source: "Gemfile.lock" });
  });
});
