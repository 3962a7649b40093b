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
  ["spec.files = `git -C #{__dir__} ls-files -z`.split", ["beryl"]],
  ['spec.files = Dir["lib/**/*.rb"]', []],
  ["# spec.files = `git ls-files`", []],
])("a path gem with %s: %j", async (line, gems) => {
  const app = await makeTree({ "beryl/beryl.gemspec": `${line}\n`, "server/Gemfile": "" });
  const project = makeProject(lockfile, { dir: app, gemfile: "server/Gemfile" });
  const found = gems.map((name) => ({ name, path: join(app, "beryl/beryl.gemspec") }));
  expect(await findGemspecsWithGit(project)).toEqual(found);
});

test("every gemspec in the directory of path gems counts, since Bundler evaluates all of them", async () => {
  const runsGit = "spec.files = `git ls-files`\n";
  const app = await makeTree({
    "components/billing/billing.gemspec": runsGit,
    "components/shop_engine.gemspec": runsGit,
    "components/a/b/deep.gemspec": runsGit,
    "engines/other/own.gemspec": runsGit,
    "engines/other.gemspec": runsGit,
  });
  const locked = [
    "PATH\n  remote: components\n  specs:\n    billing (1.0)\n    shop_engine (1.0)\n",
    "PATH\n  remote: engines\n  glob: other/*.gemspec\n  specs:\n    own (1.0)\n",
  ].join("\n");
  const found = await findGemspecsWithGit(makeProject(locked, { dir: app }));
  expect(found.map(({ name }) => name)).toEqual(["billing", "shop_engine", "own"]);
});

test.each(["../*.gemspec", "/*/*.gemspec"])(
  "a pattern that leaves the directory does not count: %s",
  async (glob) => {
    const files = { "gems/own.gemspec": "`git ls-files`\n", "other.gemspec": "`git ls-files`\n" };
    const app = await makeTree(files);
    const locked = `PATH\n  remote: gems\n  glob: ${glob}\n  specs:\n    own (1.0)\n`;
    const found = await findGemspecsWithGit(makeProject(locked, { dir: app }));
    expect(found.map(({ name }) => name)).toEqual(["own"]);
  },
);

test("a gem from a server or without a gemspec does not count", async () => {
  const app = await makeTree({ "rack.gemspec": "`git ls-files`" });
  const locked = `${lockfile}\nGEM\n  specs:\n    rack (3.1.8)\n`;
  expect(await findGemspecsWithGit(makeProject(locked, { dir: app }))).toEqual([]);
});
