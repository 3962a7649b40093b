import { join } from "node:path";
import { expect, test } from "vitest";
import { findInDirectories, loaderDirectories } from "../../../src/system/loader-path.ts";
import { makeTree } from "../../support/tree.ts";

test("the loader looks where LD_LIBRARY_PATH, its configuration and its habit say, in this order", async () => {
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

test("a file is found in the first directory that has it", async () => {
  const root = await makeTree({ "b/libpq.so.5": "", "c/libpq.so.5": "", "a/libpq.so.5/": "" });
  const directories = ["gone", "a", "b", "c"].map((name) => join(root, name));
  expect(await findInDirectories("libpq.so.5", directories)).toBe(join(root, "b/libpq.so.5"));
  expect(await findInDirectories("libvips.so.42", directories)).toBeUndefined();
});
