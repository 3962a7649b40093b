import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ancestorsOf, walk } from "../../../src/system/walk.ts";
import { makeTree } from "../../support/tree.ts";

test("walk sorts names by their bytes and follows no links", async () => {
  const root = await makeTree({ "b/c": "", "b-d": "", "B/": "" });
  await symlink("b", join(root, "link"));
  await writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]), "");
  const names = [...walk(Buffer.from(root))].map(({ name }) => name.toString("latin1"));
  expect(names).toEqual(["/B", "/b", "/b/c", "/b-d", "/link", "/ÿ"]);
});

test("ancestorsOf lists the parent directories of a path, the topmost first", () => {
  expect(ancestorsOf("/layers/a_b/ruby")).toEqual(["/layers", "/layers/a_b"]);
  expect(ancestorsOf("/workspace")).toEqual([]);
});
