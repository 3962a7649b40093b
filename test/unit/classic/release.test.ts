import { describe, expect, test } from "vitest";
import { commandLineOf, formatRelease, parseRelease } from "../../../src/classic/release.ts";
import { runCommand } from "../../../src/system/command.ts";
import { failureOf } from "../../support/failure.ts";

describe("formatRelease", () => {
  test("is YAML with the default process types and the add-ons", () => {
    const processTypes = { web: `sh -c 'exec "$@"' web`, rake: "bundle exec rake" };
    expect(formatRelease({ processTypes, addons: ["heroku-postgresql"] })).toBe(
      [
        "---",
        "addons:",
        '  - "heroku-postgresql"',
        "default_process_types:",
        `  web: "sh -c 'exec \\"$@\\"' web"`,
        '  rake: "bundle exec rake"',
        "",
      ].join("\n"),
    );
  });

  test("has empty values for an app without process types and add-ons", () => {
    expect(formatRelease({ processTypes: {}, addons: [] })).toBe(
      "---\naddons: []\ndefault_process_types: {}\n",
    );
  });

  test("can be parsed again", () => {
    const release = {
      processTypes: { web: `a "b" \\c 'd' # e: f\nnext`, "my-worker_1": "x" },
      addons: ["one", "two:plan"],
    };
    expect(parseRelease(formatRelease(release), "own")).toEqual(release);
  });
});

describe("parseRelease reads what other buildpacks print", () => {
  test.each([
    [
      "---\ndefault_process_types:\n  web: bin/start --port $PORT # the app\n",
      "bin/start --port $PORT",
    ],
    ["default_process_types:\n    web: 'it''s me'\n", "it's me"],
    ['---\n"default_process_types":\n  "web": "a b"\n...\n', "a b"],
    ["--- \r\ndefault_process_types:\r\n  web: npm start\r\n", "npm start"],
    ["config_vars:\n  A: b\ndefault_process_types:\n  web: x:y\n", "x:y"],
    ["default_process_types:\n  web: >\n    npm\n    start", "npm start"],
    ["default_process_types: { web: true }\n", "true"],
    ["addons: ~\ndefault_process_types:\n  web: a\n", "a"],
  ])("%j", (text, web) => {
    expect(parseRelease(text, "other")).toEqual({ processTypes: { web }, addons: [] });
  });

  test.each(["", "  "])("add-ons are a list, indented by %j", (indent) => {
    const text = `addons:\n${indent}- heroku-postgresql:hobby\n${indent}- b\ndefault_process_types:\n`;
    const addons = ["heroku-postgresql:hobby", "b"];
    expect(parseRelease(text, "other")).toEqual({ processTypes: {}, addons });
  });

  test.each(["", "\n", "--- {}\n", "addons:\n", "---\naddons: null\n"])("%j is empty", (text) => {
    expect(parseRelease(text, "other")).toEqual({ processTypes: {}, addons: [] });
  });

  test.each([
    ["---\nweb node\n", "Invalid input: expected object, received string"],
    ["default_process_types:\n  web: a: b\n", "Nested mappings"],
    ["default_process_types:\n  web: a\n web: b\n", "at line 3, column 1"],
    ["default_process_types:\n  web: [a]\n", "default_process_types.web"],
    ["addons: postgres\n", "addons"],
  ])("%j is refused with the reason", async (text, problem) => {
    const reading = Promise.resolve().then(() => parseRelease(text, "./other"));
    expect(await failureOf(reading)).toEqual({
      code: "classic/release-unreadable",
      buildpack: "./other",
      problem: expect.stringContaining(problem) as string,
    });
  });
});

describe("commandLineOf", () => {
  test("is a line that passes each word to the program, and more words can be appended", async () => {
    const command = ["printf", "<%s>", "a b", "it's", "$HOME", "*"];
    const line = commandLineOf({ command, args: ["last one"] });
    const env = { PATH: "/usr/bin:/bin", HOME: "/x" };
    const request = { file: "bash", args: ["-c", `${line} more`], cwd: "/", env };
    expect((await runCommand(request)).stdout).toBe("<a b><it's><$HOME><*><last one><more>");
  });

  test("changes to the working directory of the process first", () => {
    expect(commandLineOf({ command: ["run"], args: [], workingDir: "/app/a b" })).toBe(
      "cd '/app/a b' && run",
    );
  });
});
