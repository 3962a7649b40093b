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

  test("says so where there is nothing", () => {
    expect(formatRelease({ processTypes: {}, addons: [] })).toBe(
      "---\naddons: []\ndefault_process_types: {}\n",
    );
  });

  test("is read back as it was", () => {
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
    ["config_vars:\n  A: b\n  - odd\ndefault_process_types:\n  web: x:y\n", "x:y"],
  ])("%j", (text, web) => {
    expect(parseRelease(text, "other")).toEqual({ processTypes: { web }, addons: [] });
  });

  test("add-ons stand in a list, indented or not; nothing at all is no mistake", () => {
    const addons = ["heroku-postgresql:hobby", "b"];
    const text = "addons:\n- heroku-postgresql:hobby\n  - b\ndefault_process_types: {}\n";
    expect(parseRelease(text, "other")).toEqual({ processTypes: {}, addons });
    expect(parseRelease("\n", "other")).toEqual({ processTypes: {}, addons: [] });
    expect(parseRelease("--- {}\n", "other")).toEqual({ processTypes: {}, addons: [] });
  });

  test("a line without sense is named", async () => {
    const reading = Promise.resolve().then(() => parseRelease("---\nweb node\n", "./other"));
    expect(await failureOf(reading)).toEqual({
      code: "classic/release-unreadable",
      buildpack: "./other",
      problem: "line 2 is not understood: `web node`",
    });
  });
});

describe("commandLineOf", () => {
  test("is a line that gives each word to the program, and to which words append", async () => {
    const command = ["printf", "<%s>", "a b", "it's", "$HOME", "*"];
    const line = commandLineOf({ command, args: ["last one"] });
    const env = { PATH: "/usr/bin:/bin", HOME: "/x" };
    const request = { file: "bash", args: ["-c", `${line} more`], cwd: "/", env };
    expect((await runCommand(request)).stdout).toBe("<a b><it's><$HOME><*><last one><more>");
  });

  test("changes to the directory of the process first", () => {
    expect(commandLineOf({ command: ["run"], args: [], workingDir: "/app/a b" })).toBe(
      "cd '/app/a b' && run",
    );
  });
});
