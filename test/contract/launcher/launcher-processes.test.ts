import { describe, expect, test } from "vitest";
import { type LaunchStory, launchStory, shells, variablesIn } from "../../support/launch.ts";

const show = '#!/bin/sh\nprintf \'%s\\n\' "$(pwd)" "$@"\n';

const metadata = `
buildpack-default-process-type = "web"
buildpacks = [{ id = "a", api = "0.10" }]
processes = [
  { type = "web", command = ["show"], args = ["one", "two words"] },
  { type = "fixed", command = ["show", "always"], args = ["own"] },
  { type = "elsewhere", command = ["show"], working-dir = "sub/dir" },
  { type = "dotted.type", command = ["bin/own"] },
  { type = "lost", command = ["no-such-program"] },
  { type = "quoted", command = ["show", "it's", "$HOME", "*", "a\\nb"] },
]
`;

const files = {
  "layers/a/x/bin/show": show,
  "app/bin/own": show,
  "app/sub/dir/": "",
};

describe.each(shells.map((shell) => ({ shell })))("Launch under $shell", ({ shell }) => {
  const launch = async (story: Partial<LaunchStory>) => {
    const launched = await launchStory({ metadata, files, shell, ...story });
    return {
      ...launched,
      lines: launched.stdout.replaceAll(launched.root, "").split("\n").slice(0, -1),
    };
  };

  describe("Process types", () => {
    test("runs a process without a shell, in the app's directory", async () => {
      expect((await launch({ name: "web" })).lines).toEqual(["/app", "one", "two words"]);
      expect((await launch({ name: "quoted" })).lines).toEqual([
        ...["/app", "it's", "$HOME", "*", "a", "b"],
      ]);
    });

    test("knows its type by the name under which it is called, wherever that stands", async () => {
      expect((await launch({ name: "/cnb/process/dotted.type" })).lines).toEqual(["/app"]);
    });

    test("lets the user's arguments replace those of the process but not of the command", async () => {
      expect((await launch({ name: "web", args: ["mine"] })).lines).toEqual(["/app", "mine"]);
      const fixed = await launch({ name: "fixed", args: ["mine", ""] });
      expect(fixed.lines).toEqual(["/app", "always", "mine", ""]);
    });

    test("appends the user's arguments to all others before Platform API 0.10", async () => {
      const web = await launch({ name: "web", args: ["mine"], platformApi: "0.9" });
      expect(web.lines).toEqual(["/app", "one", "two words", "mine"]);
      // There a command is one string, and what it had more stands before the arguments.
      const old = metadata.replace(
        `["show", "always"], args = ["own"]`,
        `"show", args = ["always"]`,
      );
      const fixed = await launch({
        name: "fixed",
        metadata: old,
        args: ["mine"],
        platformApi: "0.9",
      });
      expect(fixed.lines).toEqual(["/app", "always", "mine"]);
    });

    test("starts in the working directory of the process", async () => {
      expect((await launch({ name: "elsewhere" })).lines).toEqual(["/app/sub/dir"]);
    });

    test("looks for a program with a slash in the app's directory", async () => {
      const gone = metadata.replace("bin/own", "bin/none");
      expect((await launch({ name: "dotted.type", metadata: gone })).exitCode).toBe(82);
    });

    test("exits 82 where there is no such program, and says which", async () => {
      const { exitCode, stderr } = await launch({ name: "lost" });
      expect(exitCode).toBe(82);
      expect(stderr).toContain("no-such-program");
    });

    test("exits 82 where there is neither a process nor a command", async () => {
      expect((await launch({ name: "launcher" })).exitCode).toBe(82);
    });

    test("exits as the process exits", async () => {
      expect((await launch({ args: ["--", "sh", "-c", "exit 7"] })).exitCode).toBe(7);
    });
  });

  describe("A command of the user", () => {
    test("runs without a shell after --", async () => {
      const { lines } = await launch({ args: ["--", "show", "$HOME", "a  b"] });
      expect(lines).toEqual(["/app", "$HOME", "a  b"]);
    });

    test("is a script for bash when it stands alone", async () => {
      const { lines } = await launch({ args: ['v=1; echo "$v" | tr 1 2'] });
      expect(lines).toEqual(["2"]);
    });

    test("has each of its words evaluated by bash when there are several", async () => {
      const { lines } = await launch({
        args: ["show", "$V", "'$V'", "*"],
        env: { V: "v w" },
      });
      expect(lines).toEqual(["/app", "v w", "'v w'", "*"]);
    });

    test("sees what profile scripts of layers and of the app have set", async () => {
      const { lines } = await launch({
        args: ["echo $P; pwd"],
        files: {
          ...files,
          "layers/a/x/profile.d/1.sh": "export P=layer",
          "layers/a/x/profile.d/web/1.sh": "export P=web",
          "app/.profile": "export P=$P-app",
        },
      });
      expect(lines).toEqual(["layer-app", "/app"]);
    });

    test("sees none of a profile script after --, and neither does a process", async () => {
      const profile = { ...files, "app/.profile": "export P=app" };
      const direct = await launch({ args: ["--", "sh", "-c", "echo p:$P"], files: profile });
      expect(direct.lines).toEqual(["p:"]);
    });

    test("gets the environment of no process", async () => {
      const own = {
        ...files,
        "layers/a/x/env.launch/web/V": "web",
        "layers/a/x/env.launch/W": "all",
      };
      const { lines } = await launch({ args: ["--", "sh", "-c", "echo $V:$W"], files: own });
      expect(lines).toEqual([":all"]);
    });
  });

  describe("Execution environments, since Platform API 0.15", () => {
    const one = (word: string, listed: string) =>
      `{ type = "web", command = ["show"], args = ["${word}"], exec-env = [${listed}] }`;
    const chosen = async (processes: string[], env: LaunchStory["env"] = {}) => {
      const metadata = `buildpacks = [{ id = "a", api = "0.12" }]\nprocesses = [${processes.join(", ")}]`;
      return await launch({ name: "web", metadata, env, platformApi: "0.15" });
    };

    test("choose among processes of one type", async () => {
      const two = [one("p", '"production"'), one("t", '"test", "ci"')];
      expect((await chosen(two)).lines).toEqual(["/app", "p"]);
      expect((await chosen(two, { CNB_EXEC_ENV: "ci" })).lines).toEqual(["/app", "t"]);
      expect(await chosen(two, { CNB_EXEC_ENV: "other" })).toMatchObject({ exitCode: 82 });
    });

    test("`*` and an empty list mean all of them", async () => {
      for (const listed of ['"*"', '"test", "*"', ""]) {
        expect((await chosen([one("any", listed)])).lines).toEqual(["/app", "any"]);
      }
    });
  });

  describe("Start environment", () => {
    test("takes away what is the launcher's own, and keeps CNB_EXEC_ENV", async () => {
      const launched = await launch({
        args: ["--", "env", "-0"],
        files: {},
        env: {
          CNB_LAYERS_DIR: "/layers",
          CNB_APP_DIR: "/workspace",
          CNB_PROCESS_TYPE: "web",
          CNB_PLATFORM_API: "0.12",
          CNB_DEPRECATION_MODE: "quiet",
          CNB_EXEC_ENV: "test",
          PATH: "/cnb/process:/cnb/lifecycle:/usr/bin:/cnb/process:/bin:/cnb/processes",
        },
      });
      expect(variablesIn(launched)).toEqual({
        CNB_EXEC_ENV: "test",
        PATH: "/usr/bin:/bin:/cnb/processes",
      });
    });
  });
});
