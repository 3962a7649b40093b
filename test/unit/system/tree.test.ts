import { chmod, link, lstat, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  copyFollowingLinks,
  copyTree,
  discardTree,
  linkFiles,
  linkTree,
  moveTree,
  setImageTimes,
} from "../../../src/system/tree.ts";
import { lstatIfAny } from "../../../src/system/files.ts";
import { makeTree, modeOf, readTree } from "../../support/tree.ts";

/** A tree `from` with a file, a second name of it, a link and a directory that is read-only. */
async function makeSource(): Promise<{ root: string; from: string; to: string }> {
  const root = await makeTree({ "from/file": "x", "from/shut/inner": "y" });
  const from = join(root, "from");
  await link(join(from, "file"), join(from, "twin"));
  await symlink("file", join(from, "link"));
  await chmod(join(from, "shut"), 0o500);
  return { root, from, to: join(root, "new/parent/to") };
}

test("copyTree makes independent files and keeps modes and links", async () => {
  const { from, to } = await makeSource();
  await copyTree(from, to);
  expect(await readTree(to)).toEqual({ file: "x", "shut/inner": "y", twin: "x" });
  expect(await readlink(join(to, "link"))).toBe("file");
  expect(await modeOf(join(to, "shut"))).toBe(0o500);
  expect((await stat(join(to, "file"))).nlink).toBe(1);
});

test("copyTree fails if there is nothing to copy", async () => {
  const { root, to } = await makeSource();
  await expect(copyTree(join(root, "nothing"), to)).rejects.toMatchObject({
    failure: { code: "system/file-unusable", problem: expect.stringContaining("No such file") },
  });
});

test("copyFollowingLinks replaces links by their targets", async () => {
  const { from, to } = await makeSource();
  await copyFollowingLinks(from, to);
  expect((await lstat(join(to, "link"))).isFile()).toBe(true);
});

test("linkTree shares the files", async () => {
  const { from, to } = await makeSource();
  await linkTree(from, to);
  expect((await stat(join(to, "shut/inner"))).ino).toBe((await stat(join(from, "shut/inner"))).ino);
});

test("linkFiles makes symbolic links, replaces files that are in the way, and needs no file there", async () => {
  const root = await makeTree({ "to/a/b": "old", "to/a/c": "y" });
  await linkFiles(join(root, "from"), ["a/b", "d/e"], join(root, "to"));
  expect(await readlink(join(root, "to/a/b"))).toBe(join(root, "from/a/b"));
  expect(await readlink(join(root, "to/d/e"))).toBe(join(root, "from/d/e"));
  expect(await readTree(join(root, "to"))).toEqual({ "a/c": "y" });
});

test("setImageTimes sets the time of files and links, not of link targets outside", async () => {
  const { from, root } = await makeSource();
  await symlink(join(root, "outside"), join(from, "away"));
  await writeFile(join(root, "outside"), "");
  await setImageTimes(from);
  for (const name of ["", "file", "away", "shut/inner"]) {
    expect((await lstat(join(from, name))).mtimeMs).toBe(315_532_801_000);
  }
  expect((await lstat(join(root, "outside"))).mtimeMs).toBeGreaterThan(315_532_801_000);
});

test("moveTree moves a read-only directory and leaves it read-only", async () => {
  const { from, to } = await makeSource();
  await moveTree(join(from, "shut"), to);
  expect(await readFile(join(to, "inner"), "utf8")).toBe("y");
  expect(await modeOf(to)).toBe(0o500);
  expect(await lstatIfAny(join(from, "shut"))).toBeUndefined();
});

test("discardTree removes read-only directories and links without their targets, and accepts a missing path", async () => {
  const { root, from } = await makeSource();
  await symlink(from, join(root, "pointer"));
  await discardTree(join(root, "pointer"));
  expect((await lstat(from)).isDirectory()).toBe(true);
  await discardTree(from);
  await discardTree(from);
  expect(await lstatIfAny(from)).toBeUndefined();
});
