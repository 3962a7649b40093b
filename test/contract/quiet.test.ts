import { join, resolve } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { makeTree } from "../support/tree.ts";

const lapidary = resolve(import.meta.dirname, "../../bin/lapidary");

describe("`lapidary build --quiet`", () => {
  test("prints the warnings of a build and nothing else", async () => {
    const built = await buildQuietly("echo '- Things'; echo '  - Doing things'; echo '  ! Old'");
    expect(built).toEqual({ exitCode: 0, stdout: "! Old", stderr: "" });
  });

  test("prints the log of a build that fails, and then the error", async () => {
    const built = await buildQuietly("echo '  - Doing things'; exit 7");
    expect(built.exitCode).not.toBe(0);
    expect(built.stdout).toContain("===> BUILDING");
    expect(built.stdout).toContain("  - Doing things");
    expect(built.stderr).toContain("! Error");
  });
});

async function buildQuietly(build: string) {
  const app = await makeTree({ "app.rb": "" });
  const buildpack = await makeBuildpack({ build });
  const state = join(await makeTree(), "state");
  const args = ["build", app, "--buildpack", buildpack, "--state", state, "--quiet"];
  const { exitCode, stdout, stderr } = await execa(lapidary, args, { reject: false });
  return { exitCode, stdout, stderr };
}
