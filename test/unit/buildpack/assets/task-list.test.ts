import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Rake } from "../../../../src/buildpack/assets/rake.ts";
import { withTaskList } from "../../../../src/buildpack/assets/task-list.ts";
import type { CommandResult } from "../../../../src/system/command.ts";
import { lstatIfAny } from "../../../../src/system/files.ts";
import { answerAsRake } from "../../../support/builds/fake-rake.ts";
import { failureOf } from "../../../support/failure.ts";
import { recordSection } from "../../../support/section.ts";

const ended = (exitCode: number, ...lines: string[]): CommandResult => ({
  exitCode,
  stdout: "",
  stderr: "",
  lines,
});
const aborted = ["rake aborted!", "no gems today", "/workspace/Rakefile:1"];
const loading = "Loading the app to list its tasks, as `bundle exec rake -P` does";
const command = "bundle exec rake assets:precompile assets:clean --trace";

describe("Application Contract: We will always abort the build if the rake -P task fails", () => {
  test("because the Rakefile does not load, with the whole output of the app in the log", async () => {
    const { rake, section } = story(async () => ended(1, ...aborted));
    expect(await failureOf(withTaskList(rake, section, never))).toMatchObject({
      code: "rake/detection-failed",
      command,
      exitCode: 1,
      errors: [{ name: "RuntimeError", message: "no gems today" }],
    });
    expect(section.lines).toEqual([loading, ...aborted]);
  });

  test("because rake fails at its end, although no task has run", async () => {
    const { rake, section } = story(async (request) => {
      await answerAsRake(request, { tasks: ["about"], run: never });
      return ended(1, ...aborted);
    });
    const work = withTaskList(rake, section, async () => {});
    expect(await failureOf(work)).toMatchObject({ code: "rake/detection-failed", exitCode: 1 });
    expect(section.lines).toEqual([loading, ...aborted]);
  });

  test("but not if the Rakefile ends rake without an error: then there are no tasks", async () => {
    const { rake, section } = story(async () => ended(0));
    const tasks = await withTaskList(rake, section, async (listed) => [...listed.tasks]);
    expect(tasks).toEqual([]);
  });
});

describe("one process that lists tasks and then runs them", () => {
  test("lists task names, without their prerequisites", async () => {
    const { rake, section } = story((request) =>
      answerAsRake(request, { tasks: ["about", "assets:precompile"], run: never }),
    );
    const tasks = await withTaskList(rake, section, async (listed) => [...listed.tasks]);
    expect(tasks).toEqual(["about", "assets:precompile"]);
  });

  test("prints what the app has printed while it loaded once a task runs, before the task's lines", async () => {
    const { rake, section } = story(async (request) => {
      request.onLine?.("a warning at boot");
      const tasks = ["assets:precompile"];
      const run = async () => {
        request.onLine?.("compiling");
        return ended(0);
      };
      return await answerAsRake(request, { tasks, run });
    });
    await withTaskList(rake, section, async ({ run }) => {
      expect(section.lines).toEqual([loading]);
      await run(["assets:precompile"], (line) => section.output(line));
    });
    expect(section.lines).toEqual([loading, "a warning at boot", "compiling"]);
  });

  test("is stopped if the build fails while rake waits, and leaves no files", async () => {
    let directory = "";
    let exitCode: number | undefined;
    const { rake, section } = story(async (request) => {
      directory = dirname(request.args.at(-1) ?? "");
      const result = await answerAsRake(request, { tasks: ["about"], run: never });
      exitCode = result?.exitCode;
      return result;
    });
    const work = withTaskList(rake, section, async () => {
      throw new Error("no space left");
    });
    await expect(work).rejects.toThrow("no space left");
    expect(exitCode).toBe(143);
    expect(await lstatIfAny(directory)).toBeUndefined();
  });

  test("takes a half-written list for none", async () => {
    const { rake, section } = story(async (request) => {
      await writeFile(join(dirname(request.args.at(-1) ?? ""), "tasks.part"), "rake about\nra");
      return ended(0);
    });
    const tasks = await withTaskList(rake, section, async (listed) => [...listed.tasks]);
    expect(tasks).toEqual([]);
  });
});

type Answer = (request: Parameters<typeof answerAsRake>[0]) => Promise<CommandResult | undefined>;

function story(answer: Answer) {
  const run: Rake["run"] = async (args, options) => {
    const result = await answer({ file: "bundle", args, cwd: "/", env: {}, ...options });
    return result ?? ended(127);
  };
  const rake: Rake = { standIns: [], needs: Promise.resolve([]), image: "debian", run };
  return { rake, section: recordSection() };
}

async function never(): Promise<never> {
  throw new Error("no task may run");
}
