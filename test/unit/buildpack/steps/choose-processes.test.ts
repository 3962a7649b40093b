import { describe, expect, test } from "vitest";
import { chooseProcesses } from "../../../../src/buildpack/steps/choose-processes.ts";
import type { Project } from "../../../../src/buildpack/steps/read-project.ts";
import { makeProject } from "../../../support/project.ts";
import { recordSection } from "../../../support/section.ts";

describe("Application Contract: Process types", () => {
  test("Rails serves by `bin/rails server` on the IPv6 host", () => {
    expect(chosen("railties (8.1.4)", { binRails: true, configRu: true }).processes).toEqual([
      {
        type: "web",
        command: [
          "sh",
          "-c",
          'exec bin/rails server --port "${PORT:-3000}" --environment "$RAILS_ENV" --binding "::" "$@"',
          "web",
        ],
        args: [],
        default: true,
      },
    ]);
  });

  test("Rack serves by `rackup` where there is a config.ru", () => {
    expect(chosen("rack (3.1.8)", { configRu: true }).processes).toEqual([
      {
        type: "web",
        command: [
          "sh",
          "-c",
          'exec bundle exec rackup --port "${PORT:-9292}" --host "::" "$@"',
          "web",
        ],
        args: [],
        default: true,
      },
    ]);
  });

  test.each([
    ["rake (13.0.6)", { configRu: true }, "the lockfile has neither railties nor rack"],
    ["rack (3.1.8)", {}, "there is no `config.ru`"],
  ])("without them there is no web process (%s)", (gem, rest, because) => {
    const { processes, lines } = chosen(gem, rest);
    expect(processes).toEqual([]);
    expect(lines).toEqual([
      `No default web process: ${because}`,
      "Add a `Procfile` with a `web` line and a Procfile buildpack to start one",
    ]);
  });

  test("the log shows the command and why", () => {
    expect(chosen("rack (3.1.8)", { configRu: true }).lines).toEqual([
      '`web` (default), because the lockfile has rack, and there is a `config.ru`: `exec bundle exec rackup --port "${PORT:-9292}" --host "::" "$@"`',
    ]);
  });
});

function chosen(gem: string, rest: Partial<Project>) {
  const section = recordSection();
  const project = makeProject(`GEM\n  specs:\n    ${gem}\n`, rest);
  return { processes: chooseProcesses(project, section), lines: section.lines };
}
