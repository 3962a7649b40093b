import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findApp } from "../../../../src/buildpack/steps/find-app.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

test("finds what an app needs by the files in its root", async () => {
  const app = await makeTree({ "Gemfile.lock": "", "package.json": "{}" });
  const needs = { packageJson: true, yarnLock: false, jruby: false, execJs: false };
  expect(await findApp(app)).toEqual({ state: "found", needs });
  await addToTree(app, { "yarn.lock": "", ".ruby-version": "jruby-10.0.2.0" });
  expect(await findApp(app)).toEqual({
    state: "found",
    needs: { packageJson: true, yarnLock: true, jruby: true, execJs: false },
  });
});

test("follows links that lead somewhere", async () => {
  const app = await makeTree({ "locks/rails-8": "" });
  await symlink("locks/rails-8", join(app, "Gemfile.lock"));
  expect(await findApp(app)).toMatchObject({ state: "found" });
});
