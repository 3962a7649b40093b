import { describe, expect, test } from "vitest";
import { chooseProcesses } from "../../../../src/buildpack/processes/choose-processes.ts";
import type { Project } from "../../../../src/buildpack/project/read-project.ts";
import type { ExecEnv } from "../../../../src/settings.ts";
import { makeProject } from "../../../support/project.ts";
import { recordSection } from "../../../support/section.ts";

const rack = ["rack (3.2.8)", "rackup (2.3.1)", "puma (8.0.2)"];
const wildcard =
  'host="::"; { read -r _ </proc/net/if_inet6; } 2>/dev/null || host="0.0.0.0"; exec';

describe("Application Contract: Process types", () => {
  test("Rails serves by `bin/rails server` on the IPv6 host", () => {
    const { processes } = chosen(["railties (8.1.4)"], { binRails: true, configRu: true });
    expect(processes).toEqual([
      {
        type: "web",
        command: [
          "sh",
          "-c",
          `${wildcard} bin/rails server --port "\${PORT:-3000}" --environment "$RAILS_ENV" --binding "$host" "$@"`,
          "web",
        ],
        args: [],
        default: true,
      },
      { type: "console", command: ["bin/rails", "console"], args: [], default: false },
    ]);
  });

  test("Rack serves by `rackup` where there is a config.ru", () => {
    const { processes } = chosen(rack, { configRu: true });
    expect(processes[0]).toEqual({
      type: "web",
      command: [
        "sh",
        "-c",
        `${wildcard} bundle exec rackup --port "\${PORT:-9292}" --host "$host" "$@"`,
        "web",
      ],
      args: [],
      default: true,
    });
  });

  test.each([
    [["rake (13.0.6)"], { configRu: true }, "neither railties nor rack is installed"],
    [rack, {}, "there is no `config.ru`"],
  ])("without them there is no web process (%j)", (gems, rest, because) => {
    const { processes, lines } = chosen(gems, rest);
    expect(processes.filter((process) => process.default)).toEqual([]);
    expect(lines.slice(0, 2)).toEqual([
      `No default web process: ${because}`,
      "Add a `Procfile` with a `web` line to start one",
    ]);
  });

  test("the log shows each command and why", () => {
    expect(chosen(rack, { configRu: true }).lines).toEqual([
      `\`web\` (default), because the lockfile has rack, and there is a \`config.ru\`: \`${wildcard} bundle exec rackup --port "\${PORT:-9292}" --host "$host" "$@"\``,
      "`console`, because Ruby has irb: `irb`",
    ]);
  });
});

describe("a Procfile", () => {
  test("overrides what is there by default, type by type, in bash", () => {
    const { processes, lines } = chosen(rack, {
      configRu: true,
      procfile: { state: "text", text: "web: puma\nrelease: (bin/release)\nconsole: pry\n" },
    });
    expect(processes).toEqual([
      { type: "web", command: ["bash", "-c", 'puma "$@"', "web"], args: [], default: true },
      {
        type: "release",
        command: ["bash", "-c", "(bin/release)", "release"],
        args: [],
        default: false,
      },
      { type: "console", command: ["bash", "-c", 'pry "$@"', "console"], args: [], default: false },
    ]);
    expect(lines).toEqual([
      "`web`, from Procfile: `puma`",
      "`release`, from Procfile: `(bin/release)`",
      "`console`, from Procfile: `pry`",
    ]);
  });

  test("without `web` leaves the default web process", () => {
    const { processes } = chosen(rack, {
      configRu: true,
      procfile: { state: "text", text: "worker: sidekiq\n" },
    });
    expect(processes.map(({ type, default: isDefault }) => [type, isDefault])).toEqual([
      ["worker", false],
      ["web", true],
      ["console", false],
    ]);
  });

  test("with one line is the default where nothing is the web", () => {
    const { processes } = chosen(["rake (13.0.6)"], {
      procfile: { state: "text", text: "bot: ruby bot.rb\n" },
    });
    expect(processes[0]).toMatchObject({ type: "bot", default: true });
  });

  test("warns of lines and files that it cannot read", () => {
    const text = { state: "text", text: "web puma\n" } as const;
    expect(chosen(rack, { configRu: true, procfile: text }).lines.slice(0, 2)).toEqual([
      "! Procfile line 1 is ignored: a line is `TYPE: COMMAND`, and this one names no type.",
      "! Procfile has no processes.",
    ]);
    const procfile = { state: "unreadable", problem: "it is a directory" } as const;
    expect(chosen(rack, { configRu: true, procfile }).lines[0]).toBe(
      "! Procfile is ignored: it is a directory.",
    );
  });
});

describe("where the app is to be tested", () => {
  const specs = ["rspec-core (3.13.0)", "railties (8.1.4)", "rack (3.1.8)"];

  test("its own suite is the default process, and the web one is there as well", () => {
    const { processes, lines } = chosen(specs, { specs: true }, "test");
    expect(processes[0]).toMatchObject({
      type: "test",
      command: ["bundle", "exec", "rspec"],
      default: true,
    });
    expect(processes.find(({ type }) => type === "web")).toMatchObject({ default: false });
    expect(lines[0]).toBe(
      "`test` (default), because the lockfile has rspec-core, and there is `spec`: `bundle exec rspec`",
    );
  });

  test("a Procfile's `test` comes before it", () => {
    const procfile = { state: "text", text: "test: bin/ci\nweb: puma\n" } as const;
    const { processes } = chosen(specs, { specs: true, procfile }, "test");
    expect(processes[0]).toMatchObject({ type: "test", default: true });
    expect(processes[0]?.command.join(" ")).toContain("bin/ci");
  });

  test("an app without tests is warned of, and has its web process", () => {
    const { processes, lines } = chosen(specs, {}, "test");
    expect(lines[0]).toMatch(/^! No `test` process: /);
    expect(processes[0]).toMatchObject({ type: "web", default: true });
  });

  test("in production there is no such process", () => {
    const { processes } = chosen(specs, { specs: true });
    expect(processes.map(({ type }) => type)).not.toContain("test");
  });
});

function chosen(gems: readonly string[], rest: Partial<Project>, execEnv: ExecEnv = "production") {
  const section = recordSection();
  const project = makeProject(`GEM\n  specs:\n    ${gems.join("\n    ")}\n`, rest);
  return { processes: chooseProcesses(project, execEnv, section), lines: section.lines };
}
