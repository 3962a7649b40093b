import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findApp } from "../../../../src/buildpack/project/find-app.ts";
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

test("finds `gems.rb`, with or without its lockfile", async () => {
  expect(await findApp(await makeTree({ "gems.rb": "" }))).toMatchObject({ state: "found" });
  const locked = "RUBY VERSION\n   ruby 3.1.7p0 (jruby 9.4.15.0)\n";
  const app = await makeTree({ "gems.rb": "", "gems.locked": locked });
  expect(await findApp(app)).toMatchObject({ state: "found", needs: { jruby: true } });
});

test("looks in the directory that BP_RUBY_PROJECT_PATH names, and nowhere else", async () => {
  const app = await makeTree({
    "package.json": "{}",
    ".ruby-version": "jruby-10.0.2.0",
    "server/Gemfile.lock": "",
    "server/yarn.lock": "",
  });
  expect(await findApp(app)).toMatchObject({ state: "none" });
  expect(await findApp(app, { BP_RUBY_PROJECT_PATH: "server" })).toEqual({
    state: "found",
    needs: { packageJson: false, yarnLock: true, jruby: true, execJs: false },
  });
});

test("looks for the Gemfile that BUNDLE_GEMFILE names", async () => {
  const app = await makeTree({ "gemfiles/next": "", "Gemfile.lock": "" });
  expect(await findApp(app, { BUNDLE_GEMFILE: "gemfiles/next" })).toMatchObject({ state: "found" });
  expect(await findApp(app, { BUNDLE_GEMFILE: "gemfiles/last" })).toEqual({
    state: "none",
    because: "there is no `gemfiles/last.lock` and no `gemfiles/last` in the root of the app",
  });
});

test.each([
  [
    { BP_RUBY_PROJECT_PATH: "gone" },
    "`BP_RUBY_PROJECT_PATH` is `gone`: the app has no such directory",
  ],
  [{ BUNDLE_GEMFILE: "/Gemfile" }, "`BUNDLE_GEMFILE` is `/Gemfile`: it leads out of the app"],
  [{ BP_RUBY_PROJECT_PATH: "docs" }, "there is no `Gemfile.lock` and no `Gemfile` in `docs`"],
])("says why %j leads to no app", async (env, because) => {
  const app = await makeTree({ Gemfile: "", "docs/": "" });
  expect(await findApp(app, env)).toEqual({ state: "none", because });
});

test("follows links that lead somewhere", async () => {
  const app = await makeTree({ "locks/rails-8": "" });
  await symlink("locks/rails-8", join(app, "Gemfile.lock"));
  expect(await findApp(app)).toMatchObject({ state: "found" });
});
