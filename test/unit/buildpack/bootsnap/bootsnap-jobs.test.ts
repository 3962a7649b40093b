import { expect, test } from "vitest";
import { jobsOfBootsnap } from "../../../../src/buildpack/bootsnap/bootsnap-jobs.ts";
import type { Command } from "../../../../src/system/command.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { makeProject } from "../../../support/builds/project.ts";
import { makeInstalled } from "../../../support/installed.ts";
import { makeTree } from "../../../support/tree.ts";

test.each([
  [1, 0, [], 0],
  [8, 0, ["--jobs", "8"], 1],
  [8, 1, [], 1],
])(
  "with %j processors, after a try that ends with %j: %j",
  async (cpus, exitCode, words, tries) => {
    const directory = await makeTree();
    const commands: Command[] = [];
    const context = makeBuildContext({
      run: async (command) => {
        commands.push(command);
        return { exitCode, stdout: "", stderr: "", lines: [] };
      },
    });
    const app = { project: makeProject("GEM\n"), installed: makeInstalled(directory, directory) };
    expect(await jobsOfBootsnap(context, app, cpus)).toEqual(words);
    expect(commands).toHaveLength(tries);
  },
);
