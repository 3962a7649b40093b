import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Artifact } from "../../src/artifacts/artifact.ts";
import { loadInventory } from "../../src/artifacts/inventory.ts";
import { resolveArtifact } from "../../src/artifacts/resolve-artifact.ts";
import { ageWarning, branchOf, readRubyBranches } from "../../src/artifacts/ruby-branches.ts";
import { compareGemVersions } from "../../src/ruby/gems/gem-version.ts";
import { jrubySeriesOf } from "../../src/ruby/versions/jruby-series.ts";
import { createFetcher } from "../../src/system/http/fetcher.ts";
import { recordSection } from "../support/section.ts";

const checkout = resolve(import.meta.dirname, "../..");
let inventory: readonly Artifact[];

beforeAll(async () => {
  const { signal } = new AbortController();
  const context = { fetcher: createFetcher({ env: {} }), section: recordSection(), signal };
  inventory = await loadInventory({ buildpackDir: checkout }, context);
});

describe("the inventory", () => {
  test("has a checksum for every source", () => {
    const sources = inventory.filter(({ kind }) => kind === "source");
    expect(sources.filter(({ sha256 }) => sha256 === undefined)).toEqual([]);
    expect(new Set(sources.map(({ sha256 }) => sha256)).size).toBe(sources.length);
  });

  test("names every artifact once", () => {
    const names = inventory.map(({ name, version, kind, builtFor }) =>
      JSON.stringify([name, version, kind, builtFor]),
    );
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test("has https: URLs that end in what the version is", () => {
    const odd = inventory.filter(
      ({ url, version }) =>
        !/^https:\/\/.*\.(tgz|tar\.gz|tar\.bz2)$/.test(url) ||
        !url
          .replaceAll("-", ".")
          .replace(/\.bin\.|\.(x86_64|arm64)_linux\./, ".")
          .includes(`.${version}.t`),
    );
    expect(odd).toEqual([]);
  });

  test("knows the branch of every Ruby", async () => {
    const branches = new Set((await readRubyBranches(checkout)).map(({ branch }) => branch));
    const rubies = inventory.filter(({ name, version }) => name === "ruby" && !isPreview(version));
    expect(rubies.filter(({ version }) => !branches.has(branchOf(version)))).toEqual([]);
  });

  // From the releases data of the Ruby project, and from jemalloc's.
  test.for([
    ["ruby", "4.0.6", "837d299e8f7ddf2be31a229a7a7e019d354979825117989acb3b32b1a9be262a"],
    ["ruby", "4.0.1", "3924be2d05db30f4e35f859bf028be85f4b7dd01714142fd823e4af5de2faf9d"],
    ["jemalloc", "5.3.0", "2db82d1e7119df3e71b7640219b6dfe84789bc0537983c3b7ac4f7189aecfeaa"],
    ["jemalloc", "3.6.0", "e16c2159dd3c81ca2dc3b5c9ef0d43e1f2f45b04548f42db12e7c12d7bdf84fe"],
  ])("vouches for the source of %s %s", ([name = "", version = "", sha256]) => {
    const target = { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } };
    const artifact = resolveArtifact(inventory, { name, version, source: "this test", target });
    expect(artifact).toMatchObject({ kind: "source", sha256 });
  });

  test.for([
    ["amd64", "22.04", "/heroku-22/ruby-3.4.5.tgz"],
    ["amd64", "24.04", "/heroku-24/amd64/ruby-3.4.5.tgz"],
    ["arm64", "24.04", "/heroku-24/arm64/ruby-3.4.5.tgz"],
    ["amd64", "26.04", "/heroku-26/amd64/ruby-3.4.5.tgz"],
    ["arm64", "26.04", "/heroku-26/arm64/ruby-3.4.5.tgz"],
  ])("has a prebuilt Ruby for %s on Ubuntu %s", ([arch = "", version = "", path]) => {
    const target = { os: "linux", arch, distro: { name: "ubuntu", version } };
    const request = { name: "ruby", version: "3.4.5", source: "this test", target };
    const { kind, url } = resolveArtifact(inventory, request);
    expect([kind, new URL(url).pathname]).toEqual(["prebuilt", path]);
  });

  // From what the JRuby project publishes next to the archive.
  test.for([
    ["9.4.15.0", "c8b8c5a7a1581fdba3ba73f7c375f793f6528117b444cc6baf6fb29bbcf9696d"],
    ["10.0.6.0", "58c0d10b8a6b0b74a6119109f094ce073a6a6e813c7368c3876d71967e3a877f"],
  ])("vouches for JRuby %s, for every system alike", ([version = "", sha256]) => {
    for (const [arch, name, release] of [
      ["amd64", "ubuntu", "24.04"],
      ["arm64", "debian", "13"],
    ] as const) {
      const target = { os: "linux", arch, distro: { name, version: release } };
      const request = { name: "jruby", version, source: "this test", target };
      const artifact = resolveArtifact(inventory, request);
      expect(artifact).toMatchObject({ kind: "prebuilt", sha256, stripComponents: 1 });
    }
  });

  test("knows what every JRuby speaks and runs on", () => {
    const jrubies = inventory.filter(({ name }) => name === "jruby");
    expect(jrubies.filter(({ version }) => !jrubySeriesOf(version))).toEqual([]);
    expect(jrubies.filter(({ sha256 }) => sha256 === undefined)).toEqual([]);
  });

  test("has the default Ruby of buildpack.toml, on a branch that is maintained", async () => {
    const descriptor = readFileSync(join(checkout, "buildpack.toml"), "utf8");
    const version = /^ruby = "(.+)"$/m.exec(descriptor)?.[1] ?? "";
    const releases = inventory.filter((artifact) => artifact.version === version);
    expect(releases.map(({ name }) => name)).toContain("ruby");
    const branches = await readRubyBranches(checkout);
    // A later day than that of the data would fail without any change here.
    const data = readFileSync(join(checkout, "inventory/ruby-branches.toml"), "utf8");
    const day = /^updated = "(.+)"$/m.exec(data)?.[1] ?? "";
    expect(ageWarning(version, day, branches, undefined)).toEqual([]);
  });

  test("has these versions of jemalloc", () => {
    const releases = inventory.filter(({ name }) => name === "jemalloc");
    expect(new Set(releases.map(({ version }) => version))).toEqual(
      new Set(
        "5.3.1 5.3.0 5.2.1 5.2.0 5.1.0 5.0.1 4.5.0 4.4.0 4.3.1 4.2.1 4.1.1 4.0.4 3.6.0".split(" "),
      ),
    );
  });

  test("has the default jemalloc of buildpack.toml, which is its newest", () => {
    const descriptor = readFileSync(join(checkout, "buildpack.toml"), "utf8");
    const version = /^jemalloc = "(.+)"$/m.exec(descriptor)?.[1] ?? "";
    const releases = inventory.filter(({ name }) => name === "jemalloc");
    expect(releases).toHaveLength(13);
    expect(
      releases
        .map((release) => release.version)
        .sort(compareGemVersions)
        .at(-1),
    ).toBe(version);
  });
});

function isPreview(version: string): boolean {
  return /[a-z]/.test(version);
}
