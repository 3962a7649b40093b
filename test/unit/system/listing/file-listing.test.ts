import { mkdir, stat, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { copyMissingFiles, listFiles } from "../../../../src/system/listing/file-listing.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

describe("listFiles", () => {
  test("lists regular files of the directories by path, with size and time", async () => {
    const root = await makeTree({ "a/z": "12345", "a/b/c": "", "other/x": "" });
    await utimes(join(root, "a/z"), 1000, 1000);
    await symlink("z", join(root, "a/link"));
    const files = await listFiles(root, ["a", "missing"]);
    expect(files).toMatchObject([
      { path: "a/b/c", bytes: 0 },
      { path: "a/z", bytes: 5, modified: 1_000_000 },
    ]);
  });

  test("does not follow a link in the path", async () => {
    const root = await makeTree({ "elsewhere/assets/x": "" });
    await symlink("elsewhere", join(root, "public"));
    expect(await listFiles(root, ["public/assets"])).toEqual([]);
  });
});

describe("copyMissingFiles", () => {
  test("copies with the given times, and skips files that exist", async () => {
    const from = await makeTree({ "a/new": "theirs", "a/old": "theirs" });
    const to = await makeTree({ "a/old": "mine" });
    const copied = await copyMissingFiles(from, to, ["a/new", "a/old"], () => 1_234_567_890_123);
    expect(copied).toEqual(["a/new"]);
    expect(await readTree(to)).toEqual({ "a/new": "theirs", "a/old": "mine" });
    expect((await stat(join(to, "a/new"))).mtimeMs).toBeCloseTo(1_234_567_890_123, -1);
  });

  test("keeps a dead link, and follows no link", async () => {
    const from = await makeTree({ "a/x": "theirs", "b/y": "theirs" });
    const to = await makeTree({ "a/": "" });
    const outside = await makeTree();
    await symlink("nowhere", join(to, "a/x"));
    await symlink(outside, join(to, "b"));
    expect(await copyMissingFiles(from, to, ["a/x", "b/y"])).toEqual([]);
    expect(await readTree(outside)).toEqual({});
  });

  test("skips files whose directory is a file", async () => {
    const from = await makeTree({ "a/x": "theirs" });
    const to = await makeTree({ a: "mine" });
    await mkdir(join(to, "b"));
    expect(await copyMissingFiles(from, to, ["a/x"])).toEqual([]);
  });
});
