import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeGit } from "../../../../src/buildpack/project/remove-git.ts";
import { lstatIfAny } from "../../../../src/system/files.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

const app = {
  Gemfile: "",
  ".gitignore": "tmp",
  ".git/config": "AUTHORIZATION: basic secret",
  ".git/modules/beryl/.git/HEAD": "",
  "vendor/beryl/.git": "gitdir: ../../.git/modules/beryl",
  "vendor/beryl/lib/beryl.rb": "",
};

test("removes the directory, and the files of worktrees and submodules, and says so", async () => {
  const { left, log } = await remove(app);
  expect(left).toEqual([".gitignore", "Gemfile", "vendor/beryl/lib/beryl.rb"]);
  expect(log).toBe(
    "- Git\n  - Removed `.git`, `vendor/beryl/.git` (to keep it in the image: `BP_KEEP_GIT=true`)\n",
  );
});

test("removes a link, but not what it leads to, and finds nothing through links", async () => {
  const elsewhere = await makeTree({ "repository/HEAD": "", "other/.git/HEAD": "" });
  const appDir = await makeTree({ Gemfile: "" });
  await symlink(join(elsewhere, "repository"), join(appDir, ".git"));
  await symlink(join(elsewhere, "other"), join(appDir, "other"));
  await removeIn(appDir);
  expect(await lstatIfAny(join(appDir, ".git"))).toBeUndefined();
  expect(Object.keys(await readTree(elsewhere))).toEqual(["other/.git/HEAD", "repository/HEAD"]);
});

test("removes an empty directory, and one that nobody may write to", async () => {
  const appDir = await makeTree({ Gemfile: "" });
  await mkdir(join(appDir, ".git"), { mode: 0o555 });
  await removeIn(appDir);
  expect(await lstatIfAny(join(appDir, ".git"))).toBeUndefined();
});

test("names only the first of many", async () => {
  const files = ["a", "b", "c", "d", "e"].map((name) => [`${name}/.git`, ""] as const);
  const { log } = await remove(Object.fromEntries(files));
  expect(log).toContain("Removed `a/.git`, `b/.git`, `c/.git` and 2 more (");
});

test("leaves everything if BP_KEEP_GIT is true, and prints nothing without .git", async () => {
  const kept = await remove(app, { BP_KEEP_GIT: "true" });
  expect(kept.left).toHaveLength(6);
  expect(kept.log).toBe("");
  expect((await remove({ Gemfile: "" })).log).toBe("");
});

async function remove(files: Record<string, string>, userEnv: Record<string, string> = {}) {
  const appDir = await makeTree(files);
  const log = await removeIn(appDir, userEnv);
  return { log, left: Object.keys(await readTree(appDir)).sort() };
}

async function removeIn(appDir: string, userEnv: Record<string, string> = {}): Promise<string> {
  const context = makeBuildContext({ input: { appDir }, userEnv });
  await removeGit(context);
  return context.log();
}
