import { spawnSync } from "node:child_process";
import { link, lstat, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildByLine, buildByLineIn } from "../support/build-line.ts";
import { failureOf } from "../support/failure.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { elementsOf, parsePage, textOf } from "../support/parse-page.ts";
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

test("names and values with markup in them are text on the page", async () => {
  const root = await makeTree({ "app<img src=x>/Gemfile": "" });
  const build = [
    `layer '<script>1' launch`,
    `mkdir "$CNB_LAYERS_DIR/<script>1/env.launch"`,
    `printf '"><script>2</script>' > "$CNB_LAYERS_DIR/<script>1/env.launch/NAME"`,
    `printf '[[processes]]\ntype = "web"\ncommand = ["<script>3</script>"]\n' > "$CNB_LAYERS_DIR/launch.toml"`,
  ];
  const buildpack = await makeBuildpack({ build: build.join("\n") });
  const options = ["--buildpack", buildpack, "--state", "state"];
  await buildByLine(root, "app<img src=x>", ...options, "--report", "report.html");
  const page = parsePage(await readFile(join(root, "report.html"), "utf8"));
  expect(elementsOf(page).filter(({ name }) => /^(script|img)$/.test(name))).toEqual([]);
  for (const text of ["app<img src=x>", "<script>1", '"><script>2</script>', "<script>3"]) {
    expect(textOf(page)).toContain(text);
  }
});

describe("the job summary of GitHub Actions", () => {
  async function summarize(make: (path: string, root: string) => Promise<unknown>) {
    const root = await makeTree({ "app/Gemfile": "", "victim/file": "original" });
    const buildpack = await makeBuildpack({ build: "layer gems launch" });
    const path = join(root, "summary");
    await make(path, root);
    const env = { GITHUB_STEP_SUMMARY: path };
    const options = ["--buildpack", buildpack, "--state", "state"];
    const log = await buildByLineIn({ cwd: root, env }, "app", ...options);
    return { log, root, path };
  }

  test.each([
    ["is added to what other steps have written", "# Other\n"],
    ["is made if there is none", undefined],
  ])("%s", async (_, before) => {
    const { log, path } = await summarize(async (file) => {
      if (before !== undefined) await writeFile(file, before);
    });
    const text = await readFile(path, "utf8");
    expect(text.startsWith(`${before ?? ""}## Build of app\n`)).toBe(true);
    expect(text).toContain("| gems | 0 B | new |");
    expect(log).not.toContain("Warning");
  });

  test.for<[string, (path: string, root: string) => Promise<unknown>]>([
    ["a link", async (path, root) => await symlink(join(root, "victim/file"), path)],
    ["a dead link", async (path) => await symlink("nowhere", path)],
    ["a directory", async (path) => await mkdir(path)],
    ["a pipe", async (path) => await Promise.resolve(spawnSync("mkfifo", [path]))],
  ])("is a warning if its file is %s, and the build succeeds", async ([, make]) => {
    const { log, root } = await summarize(make);
    expect(log).toContain("Warning: the job summary was not written to GITHUB_STEP_SUMMARY");
    expect(await readFile(join(root, "victim/file"), "utf8")).toBe("original");
    expect((await readdir(root)).sort()).toEqual(["app", "state", "summary", "victim"]);
  });
});
