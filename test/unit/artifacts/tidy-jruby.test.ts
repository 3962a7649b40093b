import { readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tidyJruby } from "../../../src/artifacts/tidy-jruby.ts";
import { makeTree, readTree } from "../../support/tree.ts";

describe("a tidied JRuby", () => {
  test("can be started as `ruby` even if the archive has only `jruby`", async () => {
    const directory = await makeTree({ "bin/jruby": "#!/bin/sh\n" });
    await tidyJruby(directory);
    expect(await readlink(join(directory, "bin/ruby"))).toBe("jruby");
  });

  test("keeps the `ruby` that it has", async () => {
    const directory = await makeTree({ "bin/jruby": "a", "bin/ruby": "b" });
    await tidyJruby(directory);
    expect(await readTree(directory)).toEqual({ "bin/jruby": "a", "bin/ruby": "b" });
  });

  test("contains no files for Windows, except in libraries", async () => {
    const directory = await makeTree({
      "bin/ruby": "",
      "bin/gem.bat": "",
      "bin/jruby.dll": "",
      "bin/jrubyw.exe": "",
      "lib/jni/x86_64-Windows/jffi.dll": "",
    });
    await tidyJruby(directory);
    expect(await readdir(join(directory, "bin"))).toEqual(["ruby"]);
    expect(await readTree(directory)).toHaveProperty(["lib/jni/x86_64-Windows/jffi.dll"]);
  });
});
