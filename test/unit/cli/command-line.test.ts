import { describe, expect, test } from "vitest";
import { usageText } from "../../../src/cli/usage.ts";
import { parseCommandLine } from "../../../src/cli/command-line.ts";
import { failureOf } from "../../support/failure.ts";

describe("parseCommandLine", () => {
  test("builds with the machine's own root, ids and network unless told otherwise", () => {
    expect(parseCommandLine(["build", "app"])).toEqual({
      command: "build",
      app: "app",
      env: [],
      envFiles: [],
      bindings: [],
      volumes: [],
      buildpacks: [],
      clearCache: false,
      buildRoot: "/",
      runRoot: undefined,
      platformApi: undefined,
      state: undefined,
      report: undefined,
      uid: undefined,
      gid: undefined,
      network: true,
      verbose: false,
    });
  });

  test("takes every option of build, the repeatable ones in order", () => {
    const typed =
      "build app --env A=1 --env B=2 --env-file f --binding d --binding n=e --volume v:/v --volume w:/w --buildpack p --buildpack q " +
      "--clear-cache --build-root /b --run-root /r --platform-api 0.9 --state s --report r.json " +
      "--uid 1000 --gid 1001 --no-network --verbose";
    expect(parseCommandLine(typed.split(" "))).toMatchObject({
      env: ["A=1", "B=2"],
      envFiles: ["f"],
      bindings: ["d", "n=e"],
      volumes: ["v:/v", "w:/w"],
      buildpacks: ["p", "q"],
      clearCache: true,
      buildRoot: "/b",
      runRoot: "/r",
      platformApi: "0.9",
      state: "s",
      report: "r.json",
      uid: 1000,
      gid: 1001,
      network: false,
      verbose: true,
    });
  });

  test("leaves everything after -- to the app", () => {
    const typed = ["run", "app", "--env", "A=1", "--", "bin/rails", "--env", "--", "-h"];
    expect(parseCommandLine(typed)).toMatchObject({
      command: "run",
      app: "app",
      env: ["A=1"],
      rest: ["bin/rails", "--env", "--", "-h"],
    });
  });

  test("takes every option of run", () => {
    const typed =
      "run app --process worker --run-root /r --run-uid 5 --gid 6 --state s --env-file f";
    expect(parseCommandLine(typed.split(" "))).toMatchObject({
      process: "worker",
      runRoot: "/r",
      uid: 5,
      gid: 6,
      state: "s",
      envFiles: ["f"],
      rest: [],
    });
  });

  test("takes every option of artifact", () => {
    const typed = "artifact ruby 3.3.8 --root /r --arch arm64 --out o --verbose";
    expect(parseCommandLine(typed.split(" "))).toEqual({
      command: "artifact",
      name: "ruby",
      version: "3.3.8",
      root: "/r",
      arch: "arm64",
      out: "o",
      verbose: true,
    });
    expect(parseCommandLine(["artifact", "jemalloc", "5.3.0"])).toMatchObject({
      name: "jemalloc",
      root: "/",
      arch: undefined,
      out: "dist",
    });
  });

  test("offers help for the whole and for each command, and the version", () => {
    expect(parseCommandLine(["--help"])).toEqual({ command: "help" });
    expect(parseCommandLine(["help", "artifact"])).toEqual({ command: "help", topic: "artifact" });
    expect(parseCommandLine(["artifact", "-h"])).toEqual({ command: "help", topic: "artifact" });
    expect(parseCommandLine(["build", "-h"])).toEqual({ command: "help", topic: "build" });
    expect(parseCommandLine(["run", "--help"])).toEqual({ command: "help", topic: "run" });
    expect(parseCommandLine(["--version"])).toEqual({ command: "version" });
  });

  test.each(["build", "run"] as const)("takes each option that the help of %s shows", (command) => {
    const shown = [...new Set(usageText(command).match(/--[a-z][a-z-]+/g))];
    expect(shown.length).toBeGreaterThan(5);
    for (const option of shown) {
      const isFlag = ["--clear-cache", "--no-network", "--verbose"].includes(option);
      const typed = [command, "app", option, ...(isFlag ? [] : ["1"])];
      expect(() => parseCommandLine(typed), option).not.toThrow();
    }
  });

  test("takes each option that the help of artifact shows", () => {
    const shown = [...new Set(usageText("artifact").match(/--[a-z][a-z-]+/g))];
    expect(shown.sort()).toEqual(["--arch", "--out", "--root", "--verbose"]);
  });

  test.each([
    ["", "No command was given"],
    [
      "deploy app",
      "There is no command `deploy`; there are `build`, `run`, `slug`, `artifact` and `package`",
    ],
    ["help deploy", "There is no help for `deploy`"],
    ["artifact ruby", "`artifact` needs what to make and its version"],
    ["artifact ruby 3.3.8 3.4.5", "`3.4.5` is more"],
    ["artifact perl 5.40.0", "`artifact` makes `ruby` and `jemalloc`, not `perl`"],
    ["artifact ruby 3.3.8 --arch x86", "`--arch` takes `amd64` and `arm64`, not `x86`"],
    ["build", "`build` needs the app's directory"],
    ["build a b", "`b` is a second"],
    ["run a bin/rails", "a command for the app follows after `--`"],
    ["build a --colour", "Unknown option `--colour`"],
    ["build a --state", "--state"],
    ["build a --process web", "--process"],
    ["build a --uid root", "`--uid` takes a number, not `root`"],
    ["build a --clear-cache=yes", "--clear-cache"],
  ])("refuses `%s`", async (typed, words) => {
    const args = typed.split(" ").filter((word) => word !== "");
    const failure = await failureOf((async () => parseCommandLine(args))());
    expect(failure).toMatchObject({ code: "platform/usage" });
    expect((failure as { problem: string }).problem).toContain(words);
  });
});

describe("slug", () => {
  test("makes slug.tgz of a source unless told otherwise", () => {
    expect(parseCommandLine(["slug", "app.tar.gz"])).toEqual({
      command: "slug",
      source: "app.tar.gz",
      env: [],
      envFiles: [],
      buildpacks: [],
      cache: undefined,
      output: "slug.tgz",
    });
    const typed =
      "slug --env A=1 --env-file f --buildpack p --buildpack q --cache c --output o.tgz app";
    expect(parseCommandLine(typed.split(" "))).toEqual({
      command: "slug",
      source: "app",
      env: ["A=1"],
      envFiles: ["f"],
      buildpacks: ["p", "q"],
      cache: "c",
      output: "o.tgz",
    });
  });

  test("run starts a slug, with a process or a command", () => {
    const typed =
      "slug run --process web --run-root r --run-uid 7 --gid 8 --env A s.tgz -- a --env b";
    expect(parseCommandLine(typed.split(" "))).toEqual({
      command: "slug run",
      slug: "s.tgz",
      env: ["A"],
      envFiles: [],
      process: "web",
      rest: ["a", "--env", "b"],
      runRoot: "r",
      uid: 7,
      gid: 8,
    });
  });

  test.each([
    ["slug", "`slug` needs the repository of an app, a directory or its tar.gz"],
    ["slug run", "`slug run` needs a slug.tgz"],
    ["slug run --state x s.tgz", "`slug run` keeps no state: there is no `--state`"],
    ["slug a b", "`slug` takes one app, and `b` is a second"],
  ])("refuses `%s`", async (typed, problem) => {
    const parsing = Promise.resolve().then(() => parseCommandLine(typed.split(" ")));
    expect(await failureOf(parsing)).toEqual({ code: "platform/usage", problem });
  });

  test("help has a topic for it", () => {
    expect(parseCommandLine(["slug", "--help"])).toEqual({ command: "help", topic: "slug" });
    expect(parseCommandLine(["slug", "run", "-h"])).toEqual({ command: "help", topic: "slug" });
    for (const option of ["--buildpack", "--cache", "--output", "--process", "--run-root"]) {
      expect(usageText("slug")).toContain(option);
    }
  });
});
