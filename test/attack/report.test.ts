import { spawnSync } from "node:child_process";
import { link, lstat, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildByLine } from "../support/build-line.ts";
import { failureOf } from "../support/failure.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { makeTree } from "../support/tree.ts";

async function prepare() {
  const root = await makeTree({ "app/Gemfile": "", "victim/file": "original" });
  const buildpack = await makeBuildpack({ build: "touch built" });
  const report = join(root, "report");
  const options = ["--buildpack", buildpack, "--state", "state"];
  const build = async (path = report) =>
    await buildByLine(root, "app", ...options, "--report", path);
  return { root, report, build };
}

describe("what `--report` names is left alone where it is", () => {
  test.for<[string, (path: string, root: string) => Promise<unknown>]>([
    ["a pipe", async (path) => await Promise.resolve(spawnSync("mkfifo", [path]))],
    ["a directory", async (path) => await mkdir(path)],
    ["a link to a file", async (path, root) => await symlink(join(root, "victim/file"), path)],
    ["a link to a device", async (path) => await symlink("/dev/null", path)],
    ["a dead link", async (path) => await symlink("nowhere", path)],
  ])("%s", async ([, make]) => {
    const { root, report, build } = await prepare();
    await make(report, root);
    const before = await lstat(report);
    const problem = `\`--report ${report}\` would replace something that is not a regular file`;
    expect(await failureOf(build())).toEqual({ code: "platform/usage", problem });
    expect((await lstat(report)).ino).toBe(before.ino);
    expect(await readFile(join(root, "victim/file"), "utf8")).toBe("original");
    expect((await readdir(root)).sort()).toEqual(["app", "report", "victim"]);
  });

  test("a device", async ({ skip }) => {
    const { report, build } = await prepare();
    if (spawnSync("mknod", [report, "c", "1", "7"]).status !== 0) skip("only root makes devices");
    expect(await failureOf(build())).toMatchObject({ code: "platform/usage" });
    expect((await lstat(report)).isCharacterDevice()).toBe(true);
  });
});

test("a report in a place where no directory can be made is refused before anything is built", async () => {
  const { root, build } = await prepare();
  expect(await failureOf(build("/proc/lapidary/report"))).toMatchObject({
    code: "system/not-writable",
  });
  expect((await readdir(root)).sort()).toEqual(["app", "victim"]);
});

test("a report replaces the one before, and leaves a second name of that file as it was", async () => {
  const { root, report, build } = await prepare();
  await link(join(root, "victim/file"), report);
  await build();
  expect(JSON.parse(await readFile(report, "utf8"))).toHaveProperty("durations");
  expect(await readFile(join(root, "victim/file"), "utf8")).toBe("original");
});
