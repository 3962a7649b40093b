import { copyFile, link, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { watchReads } from "../../../src/system/access-times.ts";
import { setPresentTimes } from "../../../src/system/tree.ts";
import { makeTree } from "../../support/tree.ts";

const files = {
  read: "1",
  copied: "1",
  looked: "1",
  unread: "1",
  "in/read": "1",
  gone: "1",
  new: "1",
};

test("shows which files are read or replaced, and changes no other time", async () => {
  const root = await makeTree(files);
  const { mtimeMs } = await stat(join(root, "unread"));
  const watch = await watchReads(root);
  expect(await watch?.(Object.keys(files))).toEqual(new Set());
  await readFile(join(root, "read"));
  await readFile(join(root, "in/read"));
  await copyFile(join(root, "copied"), join(root, "copy"));
  await stat(join(root, "looked"));
  await rm(join(root, "gone"));
  await writeFile(join(root, "beside"), "1");
  await rename(join(root, "beside"), join(root, "new"));
  const read = await watch?.(Object.keys(files));
  expect(read).toEqual(new Set(["read", "in/read", "copied", "gone", "new"]));
  expect((await stat(join(root, "unread"))).mtimeMs).toBe(mtimeMs);
  expect(await readdir(root)).not.toContainEqual(expect.stringContaining("lapidary"));
});

test("shows reads after the times of modification were set, which lists directories", async () => {
  const root = await makeTree(files);
  const watch = await watchReads(root);
  await setPresentTimes(root);
  expect(await watch?.([...Object.keys(files), "in"])).toEqual(new Set());
  await readFile(join(root, "in/read"));
  expect(await watch?.([...Object.keys(files), "in"])).toEqual(new Set(["in/read"]));
});

test("counts a file with several names as read", async () => {
  const root = await makeTree(files);
  const watch = await watchReads(root);
  await link(join(root, "unread"), join(root, "other"));
  expect(await watch?.(["unread", "read"])).toEqual(new Set(["unread"]));
});

test("does not watch where no file can be made", async () => {
  expect(await watchReads("/proc/self")).toBeUndefined();
});
