import { chmod, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packSlug } from "../../../../src/classic/compiler/slug-archive.ts";
import { unpackTree } from "../../../../src/oci/unpack-tree.ts";
import { makeTree, modeOf, readTree } from "../../../support/tree.ts";

test("a slug holds the app as `app`, with the modes and times of its files", async () => {
  const root = await makeTree({ "built/bin/run": "#!/bin/sh\n", "built/.hidden": "x" });
  await chmod(join(root, "built/bin/run"), 0o775);
  await utimes(join(root, "built/.hidden"), 1000, 2000);
  await packSlug(join(root, "built"), join(root, "slugs/slug.tgz"));
  const out = await makeTree();
  await unpackTree([join(root, "slugs/slug.tgz")], out);
  expect(await readTree(out)).toEqual({ "app/.hidden": "x", "app/bin/run": "#!/bin/sh\n" });
  expect(await modeOf(join(out, "app/bin/run"))).toBe(0o775);
  expect((await stat(join(out, "app/.hidden"))).mtimeMs).toBe(2_000_000);
});
