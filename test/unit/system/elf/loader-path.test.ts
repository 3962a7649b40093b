import { join } from "node:path";
import { expect, test } from "vitest";
import { loaderDirectories } from "../../../../src/system/elf/loader-path.ts";
import { makeTree } from "../../../support/tree.ts";

test("lists LD_LIBRARY_PATH, then the loader's configuration, then its built-in directories", async () => {
  const root = await makeTree({
    "etc/ld.so.conf.d/libc.conf": "# default\n/usr/local/lib\n",
    "etc/ld.so.conf.d/a.conf": "/opt/a/lib # ours\ninclude x\n",
  });
  expect(await loaderDirectories({ LD_LIBRARY_PATH: "/layers/x/lib::relative" }, root)).toEqual([
    "/layers/x/lib",
    ...["opt/a/lib", "usr/local/lib", "lib64", "usr/lib64", "lib", "usr/lib"].map((path) =>
      join(root, path),
    ),
  ]);
});
