import { describe, expect, test } from "vitest";
import { sideProcesses, type ToolShape } from "../../../../src/ruby/processes/side-processes.ts";

const rails = { railties: "8.1.4", rake: "13.4.2" };

describe("sideProcesses", () => {
  test.each([
    [rails, { binRails: true }, ["bin/rails", "console"]],
    [rails, {}, ["bundle", "exec", "rails", "console"]],
    [{}, { binConsole: true }, ["bin/console"]],
    [{ irb: "1.18.0" }, {}, ["bundle", "exec", "irb"]],
    [{}, {}, ["irb"]],
  ])("the console of %j %j is %j", (gems, files, command) => {
    expect(commandOf("console", gems, files)).toEqual(command);
  });

  test("rake needs its gem and a Rakefile", () => {
    expect(commandOf("rake", { rake: "13.4.2" }, { rakefile: true })).toEqual([
      "bundle",
      "exec",
      "rake",
    ]);
    expect(commandOf("rake", {}, { rakefile: true })).toBeUndefined();
    expect(commandOf("rake", { rake: "13.4.2" }, {})).toBeUndefined();
  });

  test.each([
    [{ ...rails, solid_queue: "1.4.0" }, { binJobs: true }, ["bin/jobs"]],
    [{ ...rails, sidekiq: "8.1.1" }, {}, ["bundle", "exec", "sidekiq"]],
    [{ ...rails, good_job: "4.14.0" }, {}, ["bundle", "exec", "good_job", "start"]],
    [
      { ...rails, delayed_job: "4.2.0" },
      { rakefile: true },
      ["bundle", "exec", "rake", "jobs:work"],
    ],
  ])("the worker of %j %j is %j", (gems, files, command) => {
    expect(commandOf("worker", gems, files)).toEqual(command);
  });

  test.each([
    [
      { ...rails, solid_queue: "1.4.0" },
      "the lockfile has `solid_queue`, but the app has no executable `bin/jobs`",
    ],
    [
      { sidekiq: "8.1.1" },
      "the lockfile has `sidekiq`, but without Rails, only the app knows which code to load",
    ],
    [
      { ...rails, delayed_job: "4.2.0" },
      "the lockfile has `delayed_job`, but the app lacks rake or a Rakefile",
    ],
    [
      { ...rails, resque: "3.0.0" },
      "the lockfile has `resque`, but only the app knows the names of its queues",
    ],
    [
      { ...rails, solid_queue: "1.4.0", sidekiq: "8.1.1" },
      "the lockfile has more than one gem that runs jobs: `solid_queue`, `sidekiq`",
    ],
  ])("%j has no worker, with the reason", (gems, because) => {
    const { processes, noWorker } = sideProcesses(shape(gems));
    expect(processes.map(({ type }) => type)).not.toContain("worker");
    expect(noWorker).toBe(because);
  });

  test.each([
    [{ sidekiq: "8.1.1" }, "bundle exec sidekiq -q mail"],
    [{ solid_queue: "1.4.0" }, "exec bin/jobs start"],
    [{ delayed_job: "4.2.0" }, "bin/delayed_job run"],
  ])("%j has no second worker beside `jobs: %s` of the Procfile", (gem, line) => {
    const files = { binJobs: true, rakefile: true, given: [{ type: "jobs", line }] };
    const { processes, noWorker } = sideProcesses(shape({ ...rails, ...gem }, files));
    expect(processes.map(({ type }) => type)).not.toContain("worker");
    expect(noWorker).toBe(`\`jobs\` of the Procfile runs ${Object.keys(gem)[0]}`);
  });

  test("an app without a gem for jobs has nothing to explain", () => {
    expect(sideProcesses(shape(rails))).not.toHaveProperty("noWorker");
  });
});

type Gems = Readonly<Record<string, string>>;

function shape(gems: Gems, files: Partial<ToolShape> = {}): ToolShape {
  const none = { binRails: false, binConsole: false, binJobs: false, rakefile: false };
  return { locked: (gem) => gems[gem], ...none, ...files };
}

function commandOf(type: string, gems: Gems, files: Partial<ToolShape>) {
  return sideProcesses(shape(gems, files)).processes.find((process) => process.type === type)
    ?.command;
}
