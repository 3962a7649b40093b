import { execFileSync } from "node:child_process";
import { symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isDirectory, isFile, lstatIfAny, readText } from "../../../../src/system/files.ts";
import { listNames } from "../../../../src/system/listing/list-directory.ts";
import { withView } from "../../../../src/system/listing/tree-view.ts";
import { makeTree } from "../../../support/tree.ts";

describe("a tree that is read where it is", () => {
  test("has its files, and links that stay inside, also over several steps", async () => {
    const root = await makeTree({ "a/b/file": "text", "a/other": "more" });
    await symlink("a/b", join(root, "link"));
    await symlink("../a/./b/../other", join(root, "a/up"));
    await symlink("../link/file", join(root, "a/through"));
    await withView({ root, as: "copy" }, async () => {
      expect(await readText(join(root, "link/file"))).toEqual({ state: "text", text: "text" });
      expect(await readText(join(root, "a/up"))).toEqual({ state: "text", text: "more" });
      expect(await readText(join(root, "a/through"))).toEqual({ state: "text", text: "text" });
    });
  });

  test.for([
    ["a link that leaves it", "../outside/secret"],
    ["an absolute link", "/etc/hostname"],
    ["a link that leaves it and comes back", "../inside/file"],
    ["a link into a linked directory outside", "away/secret"],
    ["a link to itself", "entry"],
  ])("does not have %s", async ([, target = ""]) => {
    const parent = await makeTree({ "outside/secret": "secret", "inside/file": "text" });
    const root = join(parent, "inside");
    await symlink("../outside", join(root, "away"));
    await symlink(target, join(root, "entry"));
    await withView({ root, as: "copy" }, async () => {
      expect(await readText(join(root, "entry"))).toEqual({ state: "missing" });
      expect(await isFile(join(root, "entry"))).toBe(false);
      expect(await isDirectory(join(root, "away"))).toBe(false);
      expect(await listNames(join(root, "away"))).toEqual([]);
      // The link itself can be seen: a message may call it broken.
      expect((await lstatIfAny(join(root, "entry")))?.isSymbolicLink()).toBe(true);
    });
  });

  test("has no pipes", async () => {
    const root = await makeTree({ file: "" });
    execFileSync("mkfifo", [join(root, "pipe")]);
    await withView({ root, as: "copy" }, async () => {
      expect(await readText(join(root, "pipe"))).toEqual({ state: "missing" });
      expect(await listNames(root)).toEqual(["file"]);
    });
  });

  test("takes a link to the null device for an empty file", async () => {
    const root = await makeTree();
    await symlink("/dev/null", join(root, "empty"));
    await withView({ root, as: "copy" }, async () => {
      expect(await readText(join(root, "empty"))).toEqual({ state: "text", text: "" });
    });
  });

  test("does not have what the view hides, nor what is below it", async () => {
    const root = await makeTree({ "kept/file": "1", "dropped/file": "2" });
    await symlink("dropped/file", join(root, "link"));
    const hides = (path: string, isDirectory: boolean) => isDirectory && path === "dropped";
    await withView({ root, as: "copy", hides }, async () => {
      expect(await listNames(root)).toEqual(["kept", "link"]);
      expect(await readText(join(root, "dropped/file"))).toEqual({ state: "missing" });
      expect(await readText(join(root, "link"))).toEqual({ state: "missing" });
      expect(await readText(join(root, "kept/file"))).toEqual({ state: "text", text: "1" });
    });
  });

  test("leaves everything outside as it is", async () => {
    const [root, other] = [await makeTree(), await makeTree({ target: "text" })];
    await symlink(join(other, "target"), join(other, "link"));
    await withView({ root, as: "copy", hides: () => true }, async () => {
      expect(await readText(join(other, "link"))).toEqual({ state: "text", text: "text" });
      expect(await isDirectory(root)).toBe(true);
    });
  });
});

describe("a root file system that is read from outside", () => {
  test("has what absolute links mean inside, and nothing above its top", async () => {
    const parent = await makeTree({
      "root/usr/bin/tool": "text",
      "usr/bin/tool": "of the machine",
    });
    const root = join(parent, "root");
    await symlink("/usr/bin", join(root, "bin"));
    await symlink("../../../usr/bin/tool", join(root, "up"));
    await symlink("/etc/hostname", join(root, "name"));
    await withView({ root, as: "root" }, async () => {
      expect(await readText(join(root, "bin/tool"))).toEqual({ state: "text", text: "text" });
      expect(await readText(join(root, "up"))).toEqual({ state: "text", text: "text" });
      expect(await readText(join(root, "name"))).toEqual({ state: "missing" });
    });
  });

  test("does not change what another view says of an app in it", async () => {
    const root = await makeTree({ "app/file": "text", "etc/name": "1" });
    await symlink("/etc/name", join(root, "app/link"));
    const app = { root: join(root, "app"), as: "copy" } as const;
    await withView(app, async () => {
      await withView({ root, as: "root" }, async () => {
        expect(await readText(join(root, "app/link"))).toEqual({ state: "missing" });
        expect(await readText(join(root, "etc/name"))).toEqual({ state: "text", text: "1" });
      });
    });
  });
});

test("a text of more than 64 MiB is not read", async () => {
  const root = await makeTree({ large: "" });
  await truncate(join(root, "large"), 64 * 1024 ** 2 + 1);
  expect(await readText(join(root, "large"))).toEqual({
    state: "unreadable",
    problem: "it is larger than 64 MiB",
  });
});
