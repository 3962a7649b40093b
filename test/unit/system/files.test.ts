import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import {
  isDirectory,
  isFile,
  lstatIfAny,
  makeDirectories,
  makeEmptyDirectory,
  readText,
  readTextIfAny,
  removeTree,
  statIfAny,
  writeAtomically,
} from "../../../src/system/files.ts";
import { makeTree, modeOf, readTree } from "../../support/tree.ts";

describe("readText", () => {
  test("reads UTF-8", async () => {
    const root = await makeTree({ file: "größer\r\n" });
    expect(await readText(join(root, "file"))).toEqual({ state: "text", text: "größer\r\n" });
  });

  test.each(["gone", "gone/deeper", "file/below", "link"])(
    "reports %s as missing",
    async (path) => {
      const root = await makeTree({ file: "" });
      await symlink("nowhere", join(root, "link"));
      expect(await readText(join(root, path))).toEqual({ state: "missing" });
    },
  );

  test("cannot read a directory", async () => {
    expect(await readText(await makeTree())).toEqual({
      state: "unreadable",
      problem: "it is a directory",
    });
  });

  test("cannot read a binary file", async () => {
    const root = await makeTree({ file: "a\0b" });
    expect(await readText(join(root, "file"))).toEqual({
      state: "unreadable",
      problem: "it is a binary file",
    });
  });

  test("does not wait for a pipe", async () => {
    const root = await makeTree();
    await promisify(execFile)("mkfifo", [join(root, "pipe")]);
    expect(await readText(join(root, "pipe"))).toEqual({
      state: "unreadable",
      problem: "it is not a regular file",
    });
  });

  test("reads the null device as an empty text", async () => {
    expect(await readText("/dev/null")).toEqual({ state: "text", text: "" });
  });

  test("does not read from a device", async () => {
    expect(await readText("/dev/zero")).toMatchObject({ state: "unreadable" });
  });

  test("reports a link that leads in a circle", async () => {
    const root = await makeTree();
    await symlink("loop", join(root, "loop"));
    expect(await readText(join(root, "loop"))).toMatchObject({ state: "unreadable" });
  });

  test("cannot read a file without read permission", async (ctx) => {
    if (process.getuid?.() === 0) ctx.skip("root reads every file");
    const root = await makeTree({ file: "" });
    await chmod(join(root, "file"), 0o000);
    expect(await readText(join(root, "file"))).toEqual({
      state: "unreadable",
      problem: "permission denied",
    });
  });
});

test("readTextIfAny returns the text, or undefined if there is none", async () => {
  const root = await makeTree({ file: "text", "directory/": "" });
  expect(await readTextIfAny(join(root, "file"))).toBe("text");
  expect(await readTextIfAny(join(root, "directory"))).toBeUndefined();
  expect(await readTextIfAny(join(root, "gone"))).toBeUndefined();
});

test("every function but lstatIfAny follows links", async () => {
  const root = await makeTree({ file: "", "directory/": "" });
  await symlink("file", join(root, "to-file"));
  await symlink("directory", join(root, "to-directory"));
  await symlink("gone", join(root, "to-nothing"));
  expect(await isFile(join(root, "to-file"))).toBe(true);
  expect(await isDirectory(join(root, "to-directory"))).toBe(true);
  expect(await isFile(join(root, "to-directory"))).toBe(false);
  expect(await statIfAny(join(root, "to-nothing"))).toBeUndefined();
  expect((await lstatIfAny(join(root, "to-nothing")))?.isSymbolicLink()).toBe(true);
  expect(await lstatIfAny(join(root, "gone"))).toBeUndefined();
});

describe("removeTree", () => {
  test("removes everything below a path, and accepts a path that does not exist", async () => {
    const root = await makeTree({ "a/b/c": "", keep: "" });
    await removeTree(join(root, "a"));
    await removeTree(join(root, "a"));
    expect(await readTree(root)).toEqual({ keep: "" });
  });

  test("removes a link, not its target", async () => {
    const root = await makeTree({ "target/file": "" });
    await symlink("target", join(root, "link"));
    await removeTree(join(root, "link"));
    expect(await readTree(root)).toEqual({ "target/file": "" });
  });
});

test.each([{}, { "place/old": "" }, { place: "a file" }])(
  "makeEmptyDirectory makes one whatever stood there (%j)",
  async (before) => {
    const root = await makeTree(before);
    await makeEmptyDirectory(join(root, "place"));
    expect(await readdir(join(root, "place"))).toEqual([]);
  },
);

describe("writeAtomically", () => {
  test("writes a file with its mode, and makes its parent directories", async () => {
    const root = await makeTree();
    await writeAtomically(join(root, "a/b/file"), "text", 0o755);
    expect(await readTree(root)).toEqual({ "a/b/file": "text" });
    expect(await modeOf(join(root, "a/b/file"))).toBe(0o755);
  });

  test("replaces a file and leaves nothing beside it", async () => {
    const root = await makeTree({ file: "old" });
    await writeAtomically(join(root, "file"), "new");
    expect(await readTree(root)).toEqual({ file: "new" });
    expect(await modeOf(join(root, "file"))).toBe(0o644);
  });

  test("leaves nothing behind when it fails", async () => {
    const root = await makeTree();
    await mkdir(join(root, "file"));
    await expect(writeAtomically(join(root, "file"), "text")).rejects.toThrow(/EISDIR|directory/);
    expect(await readdir(root)).toEqual(["file"]);
  });
});

describe("makeDirectories", () => {
  test("makes all that are missing with the given mode, and says whether it did", async () => {
    const root = await makeTree({ file: "" });
    expect(await makeDirectories(join(root, "a/b"), 0o700)).toBe(true);
    expect(await modeOf(join(root, "a"))).toBe(0o700);
    expect(await makeDirectories(join(root, "a/b"))).toBe(false);
  });

  test.each(["file", "file/below"])("fails for %s, which is no directory", async (path) => {
    const root = await makeTree({ file: "" });
    await expect(makeDirectories(join(root, path))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });

  test("fails in a file system without new directories", async () => {
    await expect(makeDirectories("/proc/lapidary/deep")).rejects.toThrow(/ENOENT|EACCES|EPERM/);
  });
});
