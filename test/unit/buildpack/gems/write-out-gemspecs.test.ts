import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeOutGemspecs } from "../../../../src/buildpack/gems/write-out-gemspecs.ts";
import type { Command } from "../../../../src/system/command.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { makeProject } from "../../../support/builds/project.ts";
import { makeInstalled } from "../../../support/installed.ts";
import { makeTree } from "../../../support/tree.ts";

const lockfile = "PATH\n  remote: beryl\n  specs:\n    beryl (1.0.0)\n";
const withGit = { "beryl/beryl.gemspec": "spec.files = `git ls-files`" };

describe("gemspecs of path gems that run git", () => {
  test("are evaluated by the app's Bundler, with a fixed date", async () => {
    const { commands, log, app } = await writeOut(withGit);
    expect(commands).toHaveLength(1);
    const [command] = commands;
    expect(command).toMatchObject({ file: "bundle", cwd: app });
    expect(command?.args.slice(0, 3)).toEqual(["exec", "ruby", "-e"]);
    expect(command?.args.slice(4)).toEqual([join(app, "beryl/beryl.gemspec")]);
    expect(command?.env).toMatchObject({
      BUNDLE_WITHOUT: "development:test",
      SOURCE_DATE_EPOCH: "315532801",
    });
    expect(log).toContain("so that the app starts without git: beryl");
  });

  test("get a warning if that fails, with what Ruby said", async () => {
    const { log } = await writeOut(withGit, { exitCode: 1, lines: ["beryl is not a gemspec"] });
    expect(log).toContain("beryl is not a gemspec");
    expect(log).toContain(
      "! Gemspecs that run git could not be evaluated (see the output above): beryl.",
    );
    expect(log).toContain("! The app may not start without git.");
  });

  test("are not changed if BP_KEEP_GIT is true", async () => {
    const { commands, log } = await writeOut(withGit, { userEnv: { BP_KEEP_GIT: "true" } });
    expect({ commands, log }).toEqual({ commands: [], log: "" });
  });

  test("are not changed outside of the app", async () => {
    const elsewhere = await makeTree({ "beryl.gemspec": withGit["beryl/beryl.gemspec"] });
    const { commands } = await writeOut({}, { link: elsewhere });
    expect(commands).toEqual([]);
  });
});

test("other gemspecs are not changed", async () => {
  const files = { "beryl/beryl.gemspec": 'spec.files = Dir["lib/**/*"]' };
  expect(await writeOut(files)).toMatchObject({ commands: [], log: "" });
});

interface Story {
  exitCode?: number;
  lines?: string[];
  userEnv?: Record<string, string>;
  /** What the app's directory `beryl` leads to. */
  link?: string;
}

async function writeOut(files: Record<string, string>, story: Story = {}) {
  const { exitCode = 0, lines = [], userEnv = {}, link } = story;
  const app = await makeTree({ Gemfile: "", ...files });
  if (link !== undefined) await symlink(link, join(app, "beryl"));
  const commands: Command[] = [];
  const run = async (command: Command) => {
    commands.push(command);
    return await Promise.resolve({ exitCode, stdout: "", stderr: "", lines });
  };
  const context = makeBuildContext({ input: { appDir: app }, userEnv, run });
  const project = makeProject(lockfile, { dir: app });
  await writeOutGemspecs(context, project, makeInstalled("/layers", app));
  return { commands, app, log: context.log() };
}
