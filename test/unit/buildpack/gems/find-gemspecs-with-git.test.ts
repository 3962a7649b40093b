import { join } from "node:path";
import { expect, test } from "vitest";
import { findGemspecsWithGit } from "../../../../src/buildpack/gems/find-gemspecs-with-git.ts";
import { makeProject } from "../../../support/builds/project.ts";
import { makeTree } from "../../../support/tree.ts";

const lockfile = "PATH\n  remote: ../beryl\n  specs:\n    beryl (1.0.0)\n";

test.each([
  ["spec.files = `git ls-files -z`.split", ["beryl"]],
  ["spec.files = IO.popen(%w[git ls-files -z])", ["beryl"]],
  ['Open3.capture2("git", "ls-files")', ["beryl"]],
  ['spec.files = Dir["lib/**/*.rb"]', []],
  ["# spec.files = `git ls-files`", []],
])("a path gem with %s: %j", async (line, gems) => {
  const app = await makeTree({ "beryl/beryl.gemspec": `${line}\n`, "server/Gemfile": "" });
  const project = makeProject(lockfile, { dir: app, gemfile: "server/Gemfile" });
  const found = gems.map((name) => ({ name, path: join(app, "beryl/beryl.gemspec") }));
  expect(await findGemspecsWithGit(project)).toEqual(found);
});

test("a gem from a server or without a gemspec does not count", async () => {
  const app = await makeTree({ "rack.gemspec": "`git ls-files`" });
  const locked = `${lockfile}\nGEM\n  specs:\n    rack (3.1.8)\n`;
  expect(await findGemspecsWithGit(makeProject(locked, { dir: app }))).toEqual([]);
});
