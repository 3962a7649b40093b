import { describe, expect, test } from "vitest";
import { chooseProcesses } from "../../../../src/buildpack/processes/choose-processes.ts";
import type { Project } from "../../../../src/buildpack/project/read-project.ts";
import type { ExecEnv } from "../../../../src/settings.ts";
import { makeProject } from "../../../support/builds/project.ts";
import { recordSection } from "../../../support/section.ts";

const rack = ["rack (3.2.8)", "rackup (2.3.1)", "puma (8.0.2)"];
const given = 'case "${1--}" in -*) ;; *) exec "$@" ;; esac';
const onWildcard =
  'host="::"; { read -r _ </proc/net/if_inet6; } 2>/dev/null || host="0.0.0.0"; exec';
const wildcard = `${given}; ${onWildcard}`;
const pidFile = '[ -w tmp/pids ] || export PIDFILE="${PIDFILE:-/tmp/server.pid}"';

describe("Application Contract: Process types", () => {
  test("Rails runs `bin/rails server` on the IPv6 host", async () => {
    const gems = ["railties (8.1.4)", "puma (8.0.2)"];
    const { processes } = await chosen(gems, { binRails: true, configRu: true });
    expect(processes).toEqual([
      {
        type: "web",
        command: [
          "sh",
          "-c",
          `${given}; ${pidFile}; ${onWildcard} bin/rails server --port "\${PORT:-3000}" --environment "$RAILS_ENV" --binding "$host" "$@"`,
          "web",
        ],
        args: [],
        default: true,
      },
      { type: "console", command: ["bin/rails", "console"], args: [], default: false },
    ]);
  });

  test("Rack runs `rackup` if the app has a config.ru", async () => {
    const { processes } = await chosen(rack, { configRu: true });
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
    [rack, {}, "the app has no `config.ru`"],
  ])("without either there is no web process (%j)", async (gems, rest, because) => {
    const { processes, lines } = await chosen(gems, rest);
    expect(processes.filter((process) => process.default)).toEqual([]);
    expect(lines.slice(0, 2)).toEqual([
      `No default web process: ${because}`,
      "To start one, add a `Procfile` with a `web` process",
    ]);
  });

  test("Rails without a web server gets a warning that says how to add one", async () => {
    const { lines } = await chosen(["railties (8.1.4)"], { binRails: true });
    expect(lines[0]).toMatch(/^! No web server .* Run `bundle add puma`/);
  });

  test("the log shows each command as people read it, and why", async () => {
    expect((await chosen(rack, { configRu: true })).lines).toEqual([
      `\`web\` (default), because the lockfile has rack, and the app has a \`config.ru\`: \`bundle exec rackup --port "\${PORT:-9292}" --host "::"\``,
      "`console`, because Ruby has irb: `irb`",
    ]);
  });
});

describe("a Procfile", () => {
  test("replaces default processes, type by type, in bash", async () => {
    const { processes, lines } = await chosen(rack, {
      configRu: true,
      procfile: { state: "text", text: "web: puma\nrelease: (bin/release)\nconsole: pry\n" },
    });
    expect(processes).toEqual([
      {
        type: "web",
        command: ["bash", "-c", `${given}\npuma "$@"`, "web"],
        args: [],
        default: true,
      },
      {
        type: "release",
        command: ["bash", "-c", "(bin/release)", "release"],
        args: [],
        default: false,
      },
      { type: "console", command: ["bash", "-c", 'pry "$@"', "console"], args: [], default: false },
    ]);
    expect(lines).toEqual([
      "`web` (default), from Procfile: `puma`",
      "`release`, from Procfile: `(bin/release)`",
      "`console`, from Procfile: `pry`",
    ]);
  });

  test("replaces bash where it can, and says where it cannot", async () => {
    const text = "web: puma | tee x\nworker: jobs > x\nrelease: a | b\n";
    const { processes, lines } = await chosen([], { procfile: { state: "text", text } });
    expect(processes[1]?.command[2]).toBe('exec jobs > x "$@"');
    expect(lines.filter((line) => line.includes("may not stop"))).toEqual([
      "`web` may not stop until the platform kills it, because its line has a pipe: bash keeps running and does not pass on signals",
    ]);
  });

  test("whose web line says where its arguments go gets all of them", async () => {
    const procfile = { state: "text", text: 'web: bin/start "$@"\n' } as const;
    const { processes } = await chosen(rack, { procfile });
    expect(processes[0]?.command).toEqual(["bash", "-c", 'bin/start "$@"', "web"]);
  });

  test("without `web` keeps the default web process", async () => {
    const { processes } = await chosen(rack, {
      configRu: true,
      procfile: { state: "text", text: "worker: sidekiq\n" },
    });
    expect(processes.map(({ type, default: isDefault }) => [type, isDefault])).toEqual([
      ["worker", false],
      ["web", true],
      ["console", false],
    ]);
  });

  test("with one line provides the default process if there is no web process", async () => {
    const { processes } = await chosen(["rake (13.0.6)"], {
      procfile: { state: "text", text: "bot: ruby bot.rb\n" },
    });
    expect(processes[0]).toMatchObject({ type: "bot", default: true });
  });

  test("causes warnings about lines and files that cannot be read", async () => {
    const text = { state: "text", text: "web puma\n" } as const;
    expect((await chosen(rack, { configRu: true, procfile: text })).lines.slice(0, 2)).toEqual([
      "! Ignored line 1 of the Procfile: expected `TYPE: COMMAND`.",
      "! The Procfile has no processes.",
    ]);
    const procfile = { state: "unreadable", problem: "it is a directory" } as const;
    expect((await chosen(rack, { configRu: true, procfile })).lines[0]).toBe(
      "! Ignored the Procfile: it is a directory.",
    );
  });
});

describe("an app that is built for tests", () => {
  const specs = ["rspec-core (3.13.0)", "railties (8.1.4)", "rack (3.1.8)", "puma (8.0.2)"];

  test("has its tests as the default process, and a web process", async () => {
    const { processes, lines } = await chosen(specs, { specs: true }, "test");
    expect(processes[0]).toMatchObject({
      type: "test",
      command: ["bundle", "exec", "rspec"],
      default: true,
    });
    expect(processes.find(({ type }) => type === "web")).toMatchObject({ default: false });
    expect(lines.filter((line) => line.includes("(default)"))).toHaveLength(1);
    expect(lines[0]).toBe(
      "`test` (default), because the lockfile has rspec-core, and the app has `spec`: `bundle exec rspec`",
    );
  });

  test("uses the `test` process of a Procfile", async () => {
    const procfile = { state: "text", text: "test: bin/ci\nweb: puma\n" } as const;
    const { processes } = await chosen(specs, { specs: true, procfile }, "test");
    expect(processes[0]).toMatchObject({ type: "test", default: true });
    expect(processes[0]?.command.join(" ")).toContain("bin/ci");
  });

  test("gets a warning and a web process if it has no tests", async () => {
    const { processes, lines } = await chosen(specs, {}, "test");
    expect(lines[0]).toMatch(/^! No `test` process: /);
    expect(processes[0]).toMatchObject({ type: "web", default: true });
  });

  test("runs the rake task `test` if there is no default task", async () => {
    const { processes } = await chosen(["rake (13.2.1)"], { rakefile: true }, "test", ["test"]);
    expect(processes[0]?.command).toEqual(["bundle", "exec", "rake", "test"]);
  });

  test("has no test process in production", async () => {
    const { processes } = await chosen(specs, { specs: true });
    expect(processes.map(({ type }) => type)).not.toContain("test");
  });
});

async function chosen(
  gems: readonly string[],
  rest: Partial<Project>,
  execEnv: ExecEnv = "production",
  tasks?: readonly string[],
) {
  const section = recordSection();
  const project = makeProject(`GEM\n  specs:\n    ${gems.join("\n    ")}\n`, rest);
  const list = async () => {
    if (tasks === undefined) throw new Error("rake was asked without need");
    return await Promise.resolve(new Set(tasks));
  };
  const processes = await chooseProcesses(project, execEnv, section, list);
  return { processes, lines: section.lines };
}
