import { expect, test } from "vitest";
import { removeClassArchives } from "../../../../src/buildpack/interpreter/remove-class-archives.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

test("what JRuby wrote to start faster is removed, and nothing else", async () => {
  const kept = { "lib/jruby.jar": "jar", "lib/ruby/stdlib/jruby-java.jsa": "of its own" };
  const directory = await makeTree({ ...kept, "lib/jruby-java17.0.15+6-Debian-1.jsa": "30 MB" });
  await removeClassArchives(directory);
  expect(await readTree(directory)).toEqual(kept);
});

test("a Ruby without any stays as it is", async () => {
  const directory = await makeTree({ "bin/ruby": "" });
  await removeClassArchives(directory);
  expect(await readTree(directory)).toEqual({ "bin/ruby": "" });
});
