import { chmod, lchown, lstat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { giveTo } from "../../../../src/platform/sandbox/owner.ts";
import { makeTree, modeOf } from "../../../support/tree.ts";

const isRoot = process.getuid?.() === 0;

test.runIf(isRoot)("giveTo keeps all modes, and follows no links", async () => {
  const victim = await makeTree({ "su-victim": "" });
  await chmod(join(victim, "su-victim"), 0o4755);
  const tree = await makeTree({ "a/su": "", "a/sg": "", "a/plain": "", "d/": "", 'é\n"': "" });
  const modes = { "a/su": 0o4711, "a/sg": 0o2755, "a/plain": 0o640, d: 0o3777, 'é\n"': 0o6755 };
  for (const [path, mode] of Object.entries(modes)) await chmod(join(tree, path), mode);
  await symlink(join(victim, "su-victim"), join(tree, "link"));
  const owner = { uid: 12_345, gid: 12_346 };
  await giveTo(owner, tree, join(tree, "d"));
  for (const [path, mode] of Object.entries(modes)) {
    expect(await modeOf(join(tree, path)), path).toBe(mode);
    expect(await lstat(join(tree, path))).toMatchObject(owner);
  }
  expect(await lstat(join(victim, "su-victim"))).toMatchObject({ uid: 0, gid: 0 });
  await lchown(tree, 0, 0);
});

test("giveTo changes nothing without an owner", async () => {
  const tree = await makeTree({ file: "" });
  const before = await lstat(join(tree, "file"));
  await giveTo(undefined, tree);
  expect((await lstat(join(tree, "file"))).ctimeMs).toBe(before.ctimeMs);
});
