import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findFile, findProgram } from "../../../src/system/search-path.ts";
import { makeTree } from "../../support/tree.ts";

test("findProgram returns the first executable file of this name on PATH", async () => {
  const root = await makeTree({ "a/node/": "", "b/node": "", "c/node": "", "d/node": "" });
  for (const name of ["c", "d"]) await chmod(join(root, name, "node"), 0o755);
  const path = ["a", "b", "c", "d"].map((name) => join(root, name)).join(":");
  expect(await findProgram("node", `:${path}`)).toBe(join(root, "c/node"));
  expect(await findProgram("yarn", path)).toBeUndefined();
  expect(await findProgram("node", undefined)).toBeUndefined();
});

test("findFile returns the file in the first directory that has it", async () => {
  const root = await makeTree({ "b/libpq.so.5": "", "c/libpq.so.5": "", "a/libpq.so.5/": "" });
  const directories = ["gone", "a", "b", "c"].map((name) => join(root, name));
  expect(await findFile("libpq.so.5", directories)).toBe(join(root, "b/libpq.so.5"));
  expect(await findFile("libvips.so.42", directories)).toBeUndefined();
});
