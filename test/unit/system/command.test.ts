import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommand } from "../../../src/system/command.ts";
import { readTextIfAny } from "../../../src/system/files.ts";
import { makeTree } from "../../support/tree.ts";

const env = { PATH: "/usr/bin:/bin" };

describe("runCommand", () => {
  test("returns both streams, separately and in order", async () => {
    const result = await sh("echo one; sleep 0.1; echo two >&2; sleep 0.1; echo three; exit 3");
    expect(result).toEqual({
      exitCode: 3,
      stdout: "one\nthree",
      stderr: "two",
      lines: ["one", "two", "three"],
    });
  });

  test("passes on each line as it arrives", async () => {
    const lines: string[] = [];
    await runCommand({
      file: "sh",
      args: ["-c", "echo one; echo; printf three"],
      cwd: "/",
      env,
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(["one", "", "three"]);
  });

  test("passes the given environment and adds nothing to it", async () => {
    const { stdout } = await runCommand({
      file: "env",
      args: [],
      cwd: "/",
      env: { ...env, SHOP: "a b" },
    });
    expect(stdout.split("\n").sort()).toEqual(["PATH=/usr/bin:/bin", "SHOP=a b"]);
  });

  test("passes arguments as they are, without a shell", async () => {
    const { stdout } = await runCommand({
      file: "printf",
      args: ["%s|", "$HOME", "a  b", "*", ""],
      cwd: "/",
      env,
    });
    expect(stdout).toBe("$HOME|a  b|*||");
  });

  test("runs in the given directory", async () => {
    const cwd = await makeTree();
    expect((await runCommand({ file: "pwd", args: ["-P"], cwd, env })).stdout).toBe(cwd);
  });

  test("gives the command an empty standard input", async () => {
    expect((await sh("cat; echo end")).stdout).toBe("end");
  });

  test.each([
    ["a name that is nowhere on PATH", "no-such-command"],
    ["a path that is not there", "/no/such/command"],
  ])("answers 127 for %s", async (_, file) => {
    expect((await runCommand({ file, args: [], cwd: "/", env })).exitCode).toBe(127);
  });

  test("answers 126 for a file that may not be executed", async () => {
    const file = join(await makeTree({ file: "" }), "file");
    expect((await runCommand({ file, args: [], cwd: "/", env })).exitCode).toBe(126);
  });

  test.each([
    ["TERM", 143],
    ["KILL", 137],
    ["HUP", 129],
    ["SEGV", 139],
  ])("answers 128 and the number of the signal that ended it: %s", async (signal, exitCode) => {
    expect((await sh(`kill -${signal} $$`)).exitCode).toBe(exitCode);
  });

  test("ends the command when its signal is aborted", async () => {
    const controller = new AbortController();
    const running = runCommand({
      file: "sh",
      args: ["-c", "echo ready; exec sleep 60"],
      cwd: "/",
      env,
      signal: controller.signal,
      onLine: () => controller.abort(),
    });
    expect((await running).exitCode).toBe(143);
  });

  test.each(["exec sleep 60", "trap '' TERM; while :; do sleep 0.1; done"])(
    "ends what the command has started, too, if asked to: %s",
    async (script) => {
      const controller = new AbortController();
      const running = runCommand({
        file: "sh",
        // The processes in the background keep the output open.
        args: ["-c", `(${script}) & echo $!; exec sleep 60`],
        cwd: "/",
        env,
        signal: controller.signal,
        withDescendants: true,
        onLine: () => controller.abort(),
      });
      const { exitCode, stdout } = await running;
      expect(exitCode).toBe(143);
      // Nobody may have asked how it ended yet.
      const stat = await readTextIfAny(`/proc/${stdout}/stat`);
      expect(stat ?? "1 (sh) Z").toContain(" Z");
    },
  );

  test("kills the command at once if asked to", async () => {
    const controller = new AbortController();
    const running = runCommand({
      file: "sh",
      args: ["-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"],
      cwd: "/",
      env,
      signal: controller.signal,
      killSignal: "SIGKILL",
      onLine: () => controller.abort(),
    });
    expect((await running).exitCode).toBe(137);
  });
});

async function sh(script: string) {
  return await runCommand({ file: "sh", args: ["-c", script], cwd: "/", env });
}

test("passes on text as it arrives, even within a line", async () => {
  const texts: string[] = [];
  await runCommand({
    file: "/bin/sh",
    args: ["-c", "printf begun; sleep 0.3; echo ' done'"],
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    onText: (text) => texts.push(text),
  });
  expect(texts).toEqual(["begun", " done\n"]);
});
