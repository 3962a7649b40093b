import { expect, test } from "vitest";
import { wantedArtifacts } from "../../../../src/buildpack/interpreter/wanted-artifacts.ts";
import { readBuildpackDescriptor } from "../../../../src/cnb/buildpack-descriptor.ts";
import { makeTree } from "../../../support/tree.ts";

const lockfile = (ruby: string) =>
  `GEM\n  specs:\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n\nRUBY VERSION\n   ${ruby}\n`;

async function wantedOf(files: Record<string, string>, env: Record<string, string> = {}) {
  const app = await makeTree({ Gemfile: "", ...files });
  const versions = 'ruby = "3.4.9"\nbundler = "2.7.2"\njemalloc = "5.3.1"';
  const buildpack = await makeTree({
    "buildpack.toml": `api = "0.10"\n[buildpack]\nid = "a/b"\nversion = "1.0.0"\n[metadata.default-versions]\n${versions}\n`,
  });
  return await wantedArtifacts(app, await readBuildpackDescriptor(buildpack), env);
}

const jemalloc = { name: "jemalloc", version: "5.3.1", source: "the buildpack's default" };

test("a build installs the Ruby that its files name, and jemalloc", async () => {
  expect(await wantedOf({ "Gemfile.lock": lockfile("ruby 3.3.8p144") })).toEqual([
    { name: "ruby", version: "3.3.8", source: "Gemfile.lock" },
    jemalloc,
  ]);
  const unpinned = { "Gemfile.lock": lockfile("").replace(/RUBY VERSION[^]*/, "") };
  expect(await wantedOf({ ...unpinned, ".ruby-version": "3.2.1\n" })).toMatchObject([
    { version: "3.2.1", source: ".ruby-version" },
    jemalloc,
  ]);
  expect((await wantedOf(unpinned))[0]).toMatchObject({ version: "3.4.9" });
});

test("the build's variables name the project and its Ruby", async () => {
  const unpinned = lockfile("").replace(/RUBY VERSION[^]*/, "");
  const files = { "demo/Gemfile": "", "demo/Gemfile.lock": unpinned };
  const env = { BP_RUBY_PROJECT_PATH: "demo", BP_RUBY_VERSION: "3.3.8" };
  expect((await wantedOf(files, env))[0]).toMatchObject({
    version: "3.3.8",
    source: "BP_RUBY_VERSION",
  });
});

test("JRuby does not install jemalloc", async () => {
  const wanted = await wantedOf({ "Gemfile.lock": lockfile("ruby 3.1.4p0 (jruby 9.4.8.0)") });
  expect(wanted).toEqual([{ name: "jruby", version: "9.4.8.0", source: "Gemfile.lock" }]);
});
