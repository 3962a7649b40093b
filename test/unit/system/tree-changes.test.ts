import { chmod, mkdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  digestSnapshot,
  recordChanges,
  replayChanges,
  snapshotTree,
} from "../../../src/system/tree-changes.ts";
import { addToTree, makeTree, readTree } from "../../support/tree.ts";
import { treeDigest } from "../../support/tree-digest.ts";

const files = {
  "app/a.css": "a",
  "app/b.css": "b",
  "bin/run": "#!/bin/sh\n",
  "old/deep/c.css": "c",
  "public/kept.txt": "",
};

async function tree(): Promise<string> {
  const root = await makeTree(files);
  await symlink("app", join(root, "link"));
  return root;
}

describe("the digest of a tree", () => {
  test.each<[string, (root: string) => Promise<unknown>]>([
    ["a file's content", (root) => addToTree(root, { "app/a.css": "A" })],
    ["a file's mode", (root) => chmod(join(root, "bin/run"), 0o755)],
    ["a new file", (root) => addToTree(root, { "app/c.css": "" })],
    ["a new directory", (root) => mkdir(join(root, "empty"))],
    ["a file that is gone", (root) => rm(join(root, "app/b.css"))],
    ["where a link leads", (root) => relink(root, "public")],
  ])("changes with %s", async (_, change) => {
    const root = await tree();
    const before = digestSnapshot(snapshotTree(root));
    await change(root);
    expect(digestSnapshot(snapshotTree(root))).not.toBe(before);
  });

  test("works for names that are not UTF-8", async () => {
    const root = await tree();
    const before = digestSnapshot(snapshotTree(root));
    await writeFile(Buffer.concat([Buffer.from(`${root}/stone-`), Buffer.from([0xff])]), "");
    expect(digestSnapshot(snapshotTree(root))).not.toBe(before);
  });

  test("does not depend on times or on the path of the tree", async () => {
    const [root, other] = [await tree(), await tree()];
    await utimes(join(root, "app/a.css"), 1000, 1000);
    expect(digestSnapshot(snapshotTree(root))).toBe(digestSnapshot(snapshotTree(other)));
  });
});

describe("recorded changes", () => {
  test("turn an equal tree into what the first one became", async () => {
    const [root, other] = [await tree(), await tree()];
    const record = await makeTree();
    const before = snapshotTree(root);
    await work(root);
    await recordChanges(root, before, record, new Set());
    expect(await treeDigest(other)).not.toBe(await treeDigest(root));
    await replayChanges(record, other);
    expect(await treeDigest(other)).toBe(await treeDigest(root));
  });

  test("contain nothing that did not change, and nothing that the caller keeps", async () => {
    const root = await tree();
    const record = await makeTree();
    const before = snapshotTree(root);
    await addToTree(root, { "public/assets/a-1.css": "a", "app/builds/t.css": "t" });
    await recordChanges(root, before, record, new Set(["public/assets/a-1.css"]));
    const kept = Object.keys(await readTree(join(record, "tree")));
    expect(kept).toEqual(["app/builds/t.css"]);
  });

  test("are not written through a link", async () => {
    const [root, other] = [await tree(), await tree()];
    const record = await makeTree();
    const before = snapshotTree(root);
    await rm(join(root, "link"));
    await addToTree(root, { "link/a.css": "mine" });
    await recordChanges(root, before, record, new Set());
    await replayChanges(record, other);
    expect(await readTree(other)).toMatchObject({ "app/a.css": "a", "link/a.css": "mine" });
  });
});

/** Everything that can happen to an entry. */
async function work(root: string): Promise<void> {
  await addToTree(root, { "app/a.css": "A", "app/new/d.css": "d", "tmp/cache/": "" });
  await chmod(join(root, "bin/run"), 0o755);
  await chmod(join(root, "tmp"), 0o775);
  await rm(join(root, "old"), { recursive: true });
  await addToTree(root, { old: "now a file" });
  await relink(root, "public");
  await rm(join(root, "app/b.css"));
  await symlink("a.css", join(root, "app/b.css"));
}

async function relink(root: string, target: string): Promise<void> {
  await rm(join(root, "link"));
  await symlink(target, join(root, "link"));
}
