import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { type CommandResult, runCommand } from "../../src/system/command.ts";
import { makeTree } from "../support/tree.ts";

const programs = resolve(import.meta.dirname, "../../bin");

async function run(program: string, ...args: string[]): Promise<CommandResult> {
  const env = { PATH: process.env["PATH"] ?? "", NO_COLOR: "1" };
  return await runCommand({ file: join(programs, program), args, cwd: "/", env });
}

describe("The classic API's programs", () => {
  test.each([
    ["compile", "BUILD_DIR CACHE_DIR [ENV_DIR]"],
    ["test-compile", "BUILD_DIR CACHE_DIR [ENV_DIR]"],
    ["release", "BUILD_DIR"],
    ["test", "BUILD_DIR [ENV_DIR]"],
  ])("bin/%s without its arguments says which it takes", async (program, takes) => {
    const { exitCode, lines } = await run(program);
    expect(exitCode).toBe(1);
    expect(lines.join("\n")).toContain(`It needs ${takes}.`);
  });

  test("bin/release prints what bin/compile left, and nothing else", async () => {
    const text = "---\naddons: []\ndefault_process_types: {}\n";
    const app = await makeTree({ ".lapidary/release.yml": text });
    // Some platforms hand over the cache directory, too.
    expect(await run("release", app, "/cache")).toMatchObject({
      exitCode: 0,
      stdout: text.trimEnd(),
      stderr: "",
    });
  });

  test("bin/release of an app that was not compiled keeps standard output free", async () => {
    const { exitCode, stdout, stderr } = await run("release", await makeTree());
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("(classic/not-compiled)");
  });
});
