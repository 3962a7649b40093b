import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findElfFiles } from "../../../src/artifacts/elf-files.ts";
import { elfBytes } from "../../support/elf.ts";
import { makeTree } from "../../support/tree.ts";

test("finds executables and shared libraries by their bytes, whatever they are called", async () => {
  const root = await makeTree({
    "bin/irb": "#!/bin/sh\n",
    "lib/": "",
    "lib/short.so": "\x7fELF",
    ".hidden/": "",
  });
  await writeFile(join(root, "bin/ruby"), elfBytes("executable"));
  await writeFile(join(root, "lib/libruby.so.3.4.5"), elfBytes("shared"));
  await symlink("libruby.so.3.4.5", join(root, "lib/libruby.so"));
  await writeFile(join(root, "lib/crt.o"), elfBytes("object"));
  await writeFile(join(root, ".hidden/ext"), elfBytes("shared"));
  expect(await findElfFiles(root)).toEqual([
    join(root, ".hidden/ext"),
    join(root, "bin/ruby"),
    join(root, "lib/libruby.so.3.4.5"),
  ]);
});
