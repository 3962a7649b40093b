import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  copyOutOf,
  isDirectoryInside,
  listInside,
  lookInside,
  makeDirectoryInside,
  moveOutOf,
  readTextInside,
  readUtf8Inside,
  writeInside,
} from "../../../../src/system/inside/open-inside.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

describe("without links", () => {
  test("files are read, listed, copied and moved", async () => {
    const root = await makeTree({ "b/file": "text", "b/other": "", "a/": "" });
    const out = await makeTree();
    expect((await listInside(root, "")).map(({ name }) => name)).toEqual(["a", "b"]);
    expect(await readTextInside(root, "b/file")).toEqual({ state: "text", text: "text" });
    expect(await isDirectoryInside(root, "b")).toBe(true);
    expect(await copyOutOf(root, "b/file", join(out, "copy"))).toBe(true);
    expect(await moveOutOf(root, "b", join(out, "new/moved"))).toBe(true);
    expect(await readTree(out)).toEqual({
      copy: "text",
      "new/moved/file": "text",
      "new/moved/other": "",
    });
    expect(await readdir(root)).toEqual(["a"]);
  });

  test.each<[string, (path: string) => unknown]>([
    ["a file", (path) => writeFile(path, "")],
    ["a pipe", (path) => spawnSync("mkfifo", [path])],
  ])("a directory is not made in place of %s", async (_what, make) => {
    const root = await makeTree();
    await make(join(root, "x"));
    const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const facts = { path: join(root, "x"), problem: "it is not a directory" };
    const expected = { code: "system/file-unusable", ...facts };
    expect(await failureOf(makeDirectoryInside(root, "x", owner))).toEqual(expected);
  });

  test.each([
    ["missing/file", "its directory does not exist"],
    ["file/deeper", "its directory does not exist"],
    ["directory", "it is a directory"],
  ])("%s is not written: %s", async (path, problem) => {
    const root = await makeTree({ file: "", "directory/": "" });
    const expected = { code: "system/file-unusable", path: join(root, path), problem };
    expect(await failureOf(writeInside(root, path, "x"))).toEqual(expected);
  });

  test("what is missing, also below a file, is missing", async () => {
    const root = await makeTree({ file: "" });
    for (const path of ["none", "none/deeper", "file/deeper"]) {
      expect(await lookInside(root, path)).toBeUndefined();
      expect(await readTextInside(root, path)).toEqual({ state: "missing" });
      expect(await listInside(root, path)).toEqual([]);
      expect(await copyOutOf(root, path, join(root, "copy"))).toBe(false);
      expect(await moveOutOf(root, path, join(root, "moved"))).toBe(false);
    }
  });

  test("pipes and directories are not read", async () => {
    const root = await makeTree({ "directory/": "" });
    spawnSync("mkfifo", [join(root, "pipe")]);
    expect(await readTextInside(root, "pipe")).toMatchObject({ state: "unreadable" });
    expect(await readTextInside(root, "directory")).toMatchObject({ state: "unreadable" });
    expect(await copyOutOf(root, "pipe", join(root, "copy"))).toBe(false);
  });

  test("a file is written, and a directory made, where nothing or the same is", async () => {
    const root = await makeTree();
    for (const text of ["first", "second"]) {
      await makeDirectoryInside(root, "directory");
      await writeInside(root, "directory/file", text, { mode: 0o600 });
    }
    expect(await readFile(join(root, "directory/file"), "utf8")).toBe("second");
    expect((await stat(join(root, "directory/file"))).mode & 0o777).toBe(0o600);
  });
});

describe("a link is named", () => {
  test.for([
    ["in the place of the root", "", ""],
    ["at the end", "victim", "victim"],
    ["on the way", "victim/file", "victim"],
    ["to a file", "file", "file"],
    ["to nowhere", "dead", "dead"],
  ])("%s", async ([, path = "", link = ""]) => {
    const victim = await makeTree({ file: "mine" });
    const real = await makeTree();
    await symlink(victim, join(real, "victim"));
    await symlink(join(victim, "file"), join(real, "file"));
    await symlink("nowhere", join(real, "dead"));
    const root = path === "" ? join(real, "victim") : real;
    const expected = { code: "system/link-not-followed", path: join(root, link) };
    const calls = [lookInside, readTextInside, listInside, isDirectoryInside];
    for (const call of calls) expect(await failureOf(call(root, path))).toEqual(expected);
    for (const take of [copyOutOf, moveOutOf]) {
      expect(await failureOf(take(root, path || "file", join(real, "taken")))).toEqual(expected);
    }
    expect(await failureOf(makeDirectoryInside(root, join(path, "new")))).toEqual(expected);
    expect(await failureOf(writeInside(root, join(path, "new"), "x"))).toEqual(expected);
    expect(await readTree(victim)).toEqual({ file: "mine" });
  });
});

test("a link in the place of a file that is written is replaced", async () => {
  const root = await makeTree({ "victim/file": "mine" });
  await symlink("victim/file", join(root, "file"));
  await writeInside(root, "file", "text");
  expect(await readTree(root)).toEqual({ file: "text", "victim/file": "mine" });
});

test("a path that climbs is refused", async () => {
  const root = await makeTree({ "a/file": "" });
  await expect(lookInside(join(root, "a"), "../a/file")).rejects.toThrow("does not stay below");
});

test("what is exchanged for a link at any moment is never followed", async () => {
  const victim = await makeTree({ file: "s3cret" });
  const root = await makeTree({ "turning/": "" });
  const stop = new AbortController();
  const turn = (async () => {
    while (!stop.signal.aborted) {
      await rm(join(root, "turning"), { recursive: true, force: true });
      await symlink(victim, join(root, "turning"));
      await rm(join(root, "turning"));
      await mkdir(join(root, "turning"));
    }
  })();
  try {
    for (let times = 0; times < 500; times++) {
      const read = await readTextInside(root, "turning/file").catch(() => ({ state: "refused" }));
      expect(read).not.toHaveProperty("text", "s3cret");
    }
  } finally {
    stop.abort();
    await turn;
  }
});

test("text that must be UTF-8 is not read if it has other bytes", async () => {
  const root = await makeTree({ good: "é" });
  await writeFile(join(root, "bad"), Buffer.from([0x61, 0xff]));
  expect(await readUtf8Inside(root, "good")).toEqual({ state: "text", text: "é" });
  expect(await readUtf8Inside(root, "bad")).toEqual({
    state: "unreadable",
    problem: "it is not UTF-8",
  });
});
