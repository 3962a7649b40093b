import { expect, test } from "vitest";
import { removeClassArchives } from "../../../../src/buildpack/interpreter/remove-class-archives.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

test("only the files that JRuby wrote to start faster are removed", async () => {
  const kept = { "lib/jruby.jar": "jar", "lib/ruby/stdlib/jruby-java.jsa": "of its own" };
  const directory = await makeTree({ ...kept, "lib/jruby-java17.0.15+6-Debian-1.jsa": "30 MB" });
  await removeClassArchives({ dir: directory, engine: "jruby" });
  expect(await readTree(directory)).toEqual(kept);
});

test("another Ruby is not changed", async () => {
  const files = { "lib/jruby-java17.jsa": "" };
  const directory = await makeTree(files);
  await removeClassArchives({ dir: directory, engine: "ruby" });
  expect(await readTree(directory)).toEqual(files);
});
