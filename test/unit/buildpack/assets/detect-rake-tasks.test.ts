import { describe, expect, test } from "vitest";
import {
  detectRakeTasks,
  reasonForNoTasks,
} from "../../../../src/buildpack/assets/detect-rake-tasks.ts";
import { readProject } from "../../../../src/buildpack/project/read-project.ts";
import { failureOf } from "../../../support/failure.ts";
import { recordSection } from "../../../support/section.ts";
import { makeTree } from "../../../support/tree.ts";

const withRake = "GEM\n  remote: https://gems.example.com/\n  specs:\n    rake (13.2.1)\n";
const withoutRake = withRake.replace("rake (13.2.1)", "rake-compiler (1.2.9)");

describe("Application Contract: apps without rake or a Rakefile may skip task detection", () => {
  test.each(["rakefile", "Rakefile", "rakefile.rb", "Rakefile.rb"])("%s is one", async (name) => {
    const dir = await makeTree({ Gemfile: "", "Gemfile.lock": withRake, [name]: "" });
    expect(await reasonForNoTasks(await readProject(dir))).toBeUndefined();
  });

  test.each([
    [{ "Gemfile.lock": withoutRake, Rakefile: "" }, "rake is not installed"],
    [{ "Gemfile.lock": withRake, "Rakefile.txt": "" }, "there is no `Rakefile`"],
  ])("%o", async (files, reason) => {
    const dir = await makeTree({ Gemfile: "", ...files });
    expect(await reasonForNoTasks(await readProject(dir))).toBe(reason);
  });
});

describe("Application Contract: We will always abort the build if the rake -P task fails", () => {
  const lines = ["rake aborted!", "no gems today", "/workspace/Rakefile:1"];

  test("with the whole output of the app in the log", async () => {
    const section = recordSection();
    const run = async () => ({ exitCode: 1, stdout: "", stderr: lines.join("\n"), lines });
    expect(
      await failureOf(
        detectRakeTasks(
          { standIns: [], needs: Promise.resolve([]), image: "debian" as const, run },
          section,
        ),
      ),
    ).toEqual({
      code: "rake/detection-failed",
      command: "bundle exec rake -P --trace",
      exitCode: 1,
      errors: [
        { name: "RuntimeError", message: "no gems today", backtrace: ["/workspace/Rakefile:1"] },
      ],
      needs: [],
      image: "debian" as const,
    });
    expect(section.lines).toEqual(["Running `bundle exec rake -P --trace`", ...lines]);
  });

  test("and reads tasks only from standard output if it succeeds", async () => {
    const section = recordSection();
    const stdout = "rake about\nrake assets:clean";
    const stderr = "rake assets:precompile";
    const run = async () => ({ exitCode: 0, stdout, stderr, lines: [stderr, stdout] });
    const tasks = await detectRakeTasks(
      { standIns: [], needs: Promise.resolve([]), image: "debian" as const, run },
      section,
    );
    expect([...tasks]).toEqual(["about", "assets:clean"]);
    expect(section.lines).toHaveLength(1);
  });
});
