import { join } from "node:path";
import { expect, test } from "vitest";
import { loaderDirectories } from "../../../src/system/loader-path.ts";
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
