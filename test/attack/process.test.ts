import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommand } from "../../src/system/command.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { makeTree } from "../support/tree.ts";

const command = resolve(import.meta.dirname, "../../bin/lapidary");
const env = { PATH: process.env["PATH"] ?? "", NO_COLOR: "1" };

async function shell(cwd: string, script: string) {
  return await runCommand({
    file: "/bin/sh",
    args: ["-c", script, "sh", command],
    cwd,
    env: { ...env, HOME: cwd },
  });
}

describe("a process that lacks something says what in a few words, without a stack trace", () => {
  test.for([
    ["a full disk for its output", '"$1" --help >/dev/full', /No space|no space|disk is full/],
    ["an output that nobody reads", '"$1" --help | true', /^$/],
    ["few open files", 'ulimit -n 64; "$1" build app --state state', /Error|Build/],
    [
      "a directory for temporary files",
      'TMPDIR=$HOME/nowhere "$1" slug app',
      /no such file or directory/,
    ],
  ] as const)("%s", async ([, script, words]) => {
    const root = await makeTree({ "app/Gemfile": "" });
    const { stderr, stdout } = await shell(root, script);
    expect(stderr + stdout).toMatch(words);
    expect(stderr + stdout).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });

  test("a current directory", async () => {
    const root = await makeTree({ "gone/x": "", "app/Gemfile": "" });
    const script = `rm -rf ${join(root, "gone")}; "$1" build ${join(root, "app")}`;
    const { exitCode, stderr, stdout } = await shell(join(root, "gone"), script);
    expect(exitCode).not.toBe(0);
    expect(stderr + stdout).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });

  test("Node reads no file that `--env-file` names", async () => {
    const root = await makeTree({ vars: "NODE_V8_COVERAGE=coverage\nNODE_COMPILE_CACHE=cache\n" });
    await shell(root, '"$1" build nowhere --env-file vars');
    const { stdout } = await shell(root, "ls");
    expect(stdout).toBe("vars");
  });
});

describe("a build that is told to end exits as a shell reports it", () => {
  test.for([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s", async ([signal, code]) => {
    const buildpack = await makeBuildpack({ detect: "echo started >&2; sleep 60" });
    const root = await makeTree({ "app/Gemfile": "" });
    const state = join(root, "state");
    const args = ["build", join(root, "app"), "--state", state, "--buildpack", buildpack];
    const build = spawn(command, args, {
      env: { ...env, HOME: root },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const closed = once(build, "close") as Promise<[number | null, string | null]>;
    await once(build.stdout, "data");
    build.kill(signal);
    const [exitCode] = await closed;
    expect(exitCode).toBe(code);
    rmSync(state, { recursive: true, force: true });
  });
});
