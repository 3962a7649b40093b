import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  removeLeftovers,
  removeUnneededFiles,
} from "../../../../src/buildpack/gems/remove-gem-files.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

describe("files of gems", () => {
  test.each([
    ["tests", "gems/rack-3.1.8/test/test_rack.rb"],
    ["tests in `spec`", "gems/rack-3.1.8/spec/deep/rack_spec.rb"],
    ["features", "gems/rack-3.1.8/features/rack.feature"],
    ["benchmarks", "gems/rack-3.1.8/benchmark/rack.rb"],
    ["documentation", "gems/rack-3.1.8/doc/index.html"],
    ["workflows", "gems/rack-3.1.8/.github/workflows/test.yml"],
    ["a change log", "gems/rack-3.1.8/CHANGELOG.md"],
    ["a change log without a suffix", "gems/rack-3.1.8/History"],
    ["C code of a compiled gem", "gems/pg-1.5.9/ext/pg.c"],
    ["C code beside `ext`", "gems/pg-1.5.9/src/deep/pg.cc"],
    ["Rust code", "gems/pg-1.5.9/ext/pg/src/lib.rs"],
    ["C code of a gem for one machine", "gems/ffi-1.17.1-x86_64-linux-gnu/ext/ffi_c/Call.c"],
    ["Java code", "gems/json-2.9.1-java/ext/json/Parser.java"],
    ["an extension for another Ruby", "gems/ffi-1.17.1-x86_64-linux-gnu/lib/3.4/ffi_c.so"],
  ])("%s: removed", async (_, path) => {
    expect(await remains(path)).toBe(false);
  });

  test.each([
    ["code", "gems/rack-3.1.8/lib/rack.rb"],
    ["code with the name of tests", "gems/rack-3.1.8/lib/rack/test/session.rb"],
    ["code whose name begins like a change log", "gems/rack-3.1.8/changes.rb"],
    ["a licence", "gems/rack-3.1.8/MIT-LICENSE"],
    ["C code of a gem that is not compiled", "gems/rack-3.1.8/ext/rack.c"],
    ["headers", "gems/pg-1.5.9/ext/pg.h"],
    ["headers beside `ext`", "gems/pg-1.5.9/include/pg.h"],
    ["a static library", "gems/pg-1.5.9/ports/lib/libpq.a"],
    ["Ruby code in `ext`", "gems/pg-1.5.9/ext/location.rb"],
    ["data in `ext`", "gems/pg-1.5.9/ext/location.yml"],
    ["an extension that is loaded from `ext`", "gems/pg-1.5.9/ext/x86_64-linux/libpg.so"],
    ["the extension for this Ruby", "gems/ffi-1.17.1-x86_64-linux-gnu/lib/3.3/ffi_c.so"],
    ["an extension for another Ruby alone", "gems/ffi-1.17.1-x86_64-linux-gnu/lib/3.2/other.so"],
    ["a library of a version", "gems/pg-1.5.9/vendor/17.2/libpq.so"],
    ["tests of a gem from git", "bundler/gems/rack-1a2b3c/test/test_rack.rb"],
    ["files beside gems", "plugins/rack_plugin.rb"],
  ])("%s: kept", async (_, path) => {
    expect(await remains(path)).toBe(true);
  });

  test("are counted, without those that stay", async () => {
    const gemsDir = await makeTree({
      "gems/rack-3.1.8/test/a.rb": "123",
      "gems/rack-3.1.8/test/b.rb": "45",
      "gems/rack-3.1.8/lib/rack.rb": "678",
    });
    expect(await removeUnneededFiles(gemsDir, "3.3.8")).toEqual({ files: 2, bytes: 5 });
    expect(await removeUnneededFiles(gemsDir, "3.3.8")).toEqual({ files: 0, bytes: 0 });
  });

  test("leave no empty directories, but that of the gem", async () => {
    const gemsDir = await makeTree({ "gems/rack-3.1.8/test/deep/a.rb": "" });
    await removeUnneededFiles(gemsDir, "3.3.8");
    const entries = await readdir(gemsDir, { recursive: true });
    expect(entries.toSorted()).toEqual(["gems", "gems/rack-3.1.8"]);
  });

  test("leave none of the empty directories that RubyGems makes", async () => {
    const gemsDir = await makeTree({
      "gems/rack-3.1.8/lib/rack.rb": "",
      "plugins/rack_plugin.rb": "",
      "cache/rack-3.1.8.gem": "",
    });
    for (const name of ["build_info", "doc", "extensions"]) await mkdir(join(gemsDir, name));
    await removeLeftovers(gemsDir);
    expect((await readdir(gemsDir)).toSorted()).toEqual(["gems", "plugins"]);
  });

  test("links are not followed", async () => {
    const outside = await makeTree({ "rack.rb": "" });
    const gemsDir = await makeTree({ "gems/rack-3.1.8/lib/rack.rb": "" });
    await symlink(outside, join(gemsDir, "gems/rack-3.1.8/test"));
    await symlink(outside, join(gemsDir, "gems/spec"));
    await removeUnneededFiles(gemsDir, "3.3.8");
    expect(await readTree(outside)).toEqual({ "rack.rb": "" });
  });
});

/** Whether this file remains among gems of which two are compiled. */
async function remains(path: string): Promise<boolean> {
  const gemsDir = await makeTree({
    "extensions/x86_64-linux/3.3.0/pg-1.5.9/gem.build_complete": "",
    "gems/pg-1.5.9/lib/pg.rb": "",
    "gems/ffi-1.17.1-x86_64-linux-gnu/lib/3.3/ffi_c.so": "",
    [path]: "",
  });
  await removeUnneededFiles(gemsDir, "3.3.8");
  return Object.keys(await readTree(gemsDir)).includes(path);
}
