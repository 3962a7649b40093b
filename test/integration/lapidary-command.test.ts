import { readdirSync } from "node:fs";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { beforeEach, describe, expect, test } from "vitest";
import { skipWithoutNamespaces } from "../support/sandbox.ts";
import { commandLines } from "../support/processes.ts";
import { readDockerArchive } from "../../src/oci/docker-archive.ts";
import { writeImage, writeIndex } from "../../src/oci/layout.ts";
import { makeImage } from "../support/images/image.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { makeTree, readTree } from "../support/tree.ts";

const program = fileURLToPath(new URL("../../src/main/lapidary.ts", import.meta.url));

/** Starts the command in a directory that holds `app` and `state`, with nothing of our environment. */
function lapidary(root: string, ...args: string[]) {
  return execa(process.execPath, [program, ...args], {
    cwd: root,
    env: { PATH: process.env["PATH"], HOME: root, NO_COLOR: "1" },
    extendEnv: false,
    reject: false,
  });
}

const serving = `
  layer tools launch cache
  mkdir -p "$CNB_LAYERS_DIR/tools/bin" "$CNB_LAYERS_DIR/tools/env.launch"
  printf '#!/bin/sh\\necho "$(pwd): $GREETING, port $PORT: $*"; echo run >> runs; cat runs\\n' > "$CNB_LAYERS_DIR/tools/bin/serve"
  chmod +x "$CNB_LAYERS_DIR/tools/bin/serve"
  printf hello > "$CNB_LAYERS_DIR/tools/env.launch/GREETING.default"
  printf '[[processes]]\\ntype = "web"\\ncommand = ["serve"]\\nargs = ["own"]\\ndefault = true\\n' > "$CNB_LAYERS_DIR/launch.toml"
  echo "building with A=\${A-}"
  echo built > built-file`;

async function makeApp(build = serving): Promise<{ root: string; flags: string[] }> {
  const root = await makeTree({ "app/Gemfile": "gem" });
  return {
    root,
    flags: ["app", "--state", "state", "--buildpack", await makeBuildpack({ build })],
  };
}

const runFlags = ["run", "app", "--state", "state"];

describe("lapidary build", () => {
  beforeEach(skipWithoutNamespaces);

  test("builds, reports in words and as JSON, and never writes into the app", async () => {
    const { root, flags } = await makeApp();
    const typed = ["--env", "A=1", "--report", "out/report.json"];
    const { exitCode, stdout, stderr } = await lapidary(root, "build", ...flags, ...typed);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("building with A=1\n");
    expect(stdout).toContain("`web` (default): serve own");
    const report = JSON.parse(await readFile(join(root, "out/report.json"), "utf8")) as object;
    expect(report).toMatchObject({
      defaultProcess: "web",
      layers: [{ name: "tools", fate: "created" }],
    });
    expect(await readTree(join(root, "app"))).toEqual({ Gemfile: "gem" });
  });

  test("shows files of this machine to the build where a volume says so", async () => {
    const build = "cat /given/file; ! echo more >/given/file; echo more >/open/file";
    const { root, flags } = await makeApp(build);
    await writeFile(join(root, "file"), "from here\n");
    await mkdir(join(root, "open"));
    // The build runs as another user when root starts it.
    await chmod(join(root, "open"), 0o777);
    const volumes = ["--volume", "file:/given/file", "--volume", "open:/open:rw"];
    const { exitCode, stdout } = await lapidary(root, "build", ...flags, ...volumes);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("from here\n");
    expect(await readFile(join(root, "open/file"), "utf8")).toBe("more\n");
  });

  test("writes the SBOMs of the image and of the build to an empty directory", async () => {
    const buildpack = await makeBuildpack({
      about: 'sbom-formats = ["application/vnd.cyclonedx+json"]',
      build: `layer l launch; layer b build
        for name in l b launch build; do echo $name > "$CNB_LAYERS_DIR/$name.sbom.cdx.json"; done`,
    });
    const root = await makeTree({ "app/Gemfile": "gem" });
    const flags = ["build", "app", "--buildpack", buildpack, "--state", "state"];
    const build = async () => await lapidary(root, ...flags, "--sbom-output-dir", "out/sboms");
    expect(await build()).toMatchObject({ exitCode: 0 });
    expect(await readTree(join(root, "out/sboms"))).toEqual({
      "launch/sbom.legacy.json": "null\n",
      "launch/test_one/sbom.cdx.json": "launch\n",
      "launch/test_one/l/sbom.cdx.json": "l\n",
      "build/sbom.legacy.json": "null\n",
      "build/test_one/sbom.cdx.json": "build\n",
      "build/test_one/b/sbom.cdx.json": "b\n",
    });
    const again = await build();
    expect(again.exitCode).toBe(3);
    expect(again.stderr).toContain("is not empty");
  });

  test("reads another project descriptor, whose paths start at its directory", async () => {
    const root = await makeTree({
      "app/project.toml": '[[build.env]]\nname = "A"\nvalue = "of the app"\n',
      "app/Gemfile": "",
      "ci/project.toml":
        '[[build.env]]\nname = "A"\nvalue = "of ci"\n[[build.buildpacks]]\nuri = "mine"\n',
    });
    const buildpack = await makeBuildpack({ build: 'echo "A=$A"' });
    await rename(buildpack, join(root, "ci/mine"));
    const flags = ["build", "app", "--state", "state", "--descriptor", "ci/project.toml"];
    const { exitCode, stdout } = await lapidary(root, ...flags);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("A=of ci\n");
  });

  test("builds and runs the app in the directory that --workspace names", async () => {
    const { root, flags } = await makeApp();
    const { stdout } = await lapidary(root, "build", ...flags, "--workspace", "srv-app");
    expect(stdout).toContain("building");
    expect((await lapidary(root, ...runFlags)).stdout).toContain("/srv-app: hello, port 3000: own");
    await lapidary(root, "build", ...flags);
    expect((await lapidary(root, ...runFlags)).stdout).toContain("/workspace: hello");
  });

  test("names an image after the app's directory, and does not copy it into the next one", async () => {
    const root = await makeTree({ "shop/Gemfile": "gem" });
    const run = join(root, "run");
    await writeIndex(run, [await writeImage(run, await makeImage(await makeTree(), ["run"]))]);
    const archive = join(root, "shop/image.tar");
    const flags = [
      ...[".", "--state", "../state", "--buildpack", await makeBuildpack({ build: "ls" })],
      ...["--run-image", "oci:../run", "--image", `docker-archive:${archive}`],
      ...["--report", "report.html"],
    ];
    for (let time = 0; time < 2; time += 1) {
      const { exitCode, stdout } = await lapidary(join(root, "shop"), "build", ...flags);
      expect(exitCode, stdout).toBe(0);
      expect(stdout).toContain("\nGemfile\n");
      expect(stdout).not.toMatch(/^(?:image\.tar|report\.html)$/m);
    }
    const { name } = await readDockerArchive(archive, { work: await makeTree() });
    expect(name).toEqual({ image: "shop:latest" });
  });

  test("shares a gem store with other builds, and creates it", async () => {
    const build = 'cat "$BP_GEM_STORE"/* 2>/dev/null || true; echo kept >"$BP_GEM_STORE/entry"';
    const { root, flags } = await makeApp(build);
    for (const said of ["", "kept\n"]) {
      const { exitCode, stdout } = await lapidary(root, "build", ...flags, "--gem-store", "a/gems");
      expect({ exitCode, said: stdout.includes("kept\n") }).toEqual({
        exitCode: 0,
        said: said !== "",
      });
    }
    expect(await readTree(join(root, "a/gems"))).toEqual({ entry: "kept\n" });
  });

  test("takes build variables from project.toml, which the command beats", async () => {
    const { root, flags } = await makeApp('echo "A=$A B=$B"; ls');
    const text =
      '[build]\nexclude = ["secret"]\n[[build.env]]\nname = "A"\nvalue = "p"\n[[build.env]]\nname = "B"\nvalue = "p"\n';
    await execa("tee", [join(root, "app/project.toml")], { input: text });
    await execa("touch", [join(root, "app/secret")]);
    const { stdout } = await lapidary(root, "build", ...flags, "--env", "B=c");
    expect(stdout).toContain("A=p B=c\nGemfile\nproject.toml\n");
  });

  test.each<[string, string, number]>([
    ["a buildpack that fails", "exit 3", 51],
    ["output that no platform accepts", 'echo "[" > "$CNB_LAYERS_DIR/launch.toml"', 52],
  ])("exits as a lifecycle does for %s, and keeps the last build", async (_, build, expected) => {
    const { root, flags } = await makeApp();
    await lapidary(root, "build", ...flags);
    const before = await readTree(join(root, "state/current/"));
    const broken = ["app", "--state", "state", "--buildpack", await makeBuildpack({ build })];
    const { exitCode, stderr } = await lapidary(root, "build", ...broken);
    expect(exitCode).toBe(expected);
    expect(stderr).toContain("test/one");
    expect(await readTree(join(root, "state/current/"))).toEqual(before);
  });

  test.each([
    [["build"], 3],
    [["build", "none"], 1],
    [["build", "app", "--platform-api", "0.2"], 11],
    [["run", "app", "--state", "state"], 1],
    [["build", "app", "--state", "/proc/none/state"], 1],
    [["build", "app", "--state", "app/Gemfile/state"], 3],
  ])("exits at once for %j", async (args, expected) => {
    const { root } = await makeApp();
    const { exitCode, stdout, stderr } = await lapidary(root, ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: "" });
    expect(stderr).toMatch(/^! Error: /);
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("stops at %s and leaves nothing half-done", async (signal, expected) => {
    const seconds = String(600 + Math.random());
    const { root, flags } = await makeApp();
    await lapidary(root, "build", ...flags);
    const before = readdirSync(join(root, "state")).sort();
    const slow = await makeBuildpack({ build: `${serving}\nsleep ${seconds}` });
    const building = lapidary(root, "build", "app", "--state", "state", "--buildpack", slow);
    await untilRunning(`sleep ${seconds}`);
    building.kill(signal);
    const { exitCode, stderr } = await building;
    expect(exitCode).toBe(expected);
    expect(stderr).toContain("Stopped.");
    expect(isRunning(`sleep ${seconds}`)).toBe(false);
    expect(readdirSync(join(root, "state")).sort()).toEqual(before);
    expect(readdirSync(join(root, "state/builds"))).toEqual(["1"]);
  });
});

describe("lapidary run", () => {
  beforeEach(skipWithoutNamespaces);

  test("starts the default process from a copy that persists, until the next build", async () => {
    const { root, flags } = await makeApp();
    await lapidary(root, "build", ...flags);
    const first = await lapidary(root, ...runFlags);
    expect(first.stdout).toBe("/workspace: hello, port 3000: own\nrun");
    expect(first.stderr).toContain("http://localhost:3000");
    expect((await lapidary(root, ...runFlags)).stdout).toMatch(/own\nrun\nrun$/);
    await lapidary(root, "build", ...flags);
    const renewed = await lapidary(root, ...runFlags);
    expect(renewed.stdout).toMatch(/own\nrun$/);
    expect(renewed.stderr).toContain("new build");
    expect(readdirSync(join(root, "state/run"))).toEqual(["2"]);
  });

  test("writes neither into the app nor into the build, and dates files as images do", async () => {
    const { root, flags } = await makeApp();
    await lapidary(root, "build", ...flags);
    const before = await readTree(join(root, "state/current/"));
    const script =
      "rm Gemfile; echo > /layers/test_one/tools/bin/serve; stat -c %Y built-file /layers/test_one";
    const { stdout } = await lapidary(root, ...runFlags, "--", "sh", "-c", script);
    expect(stdout).toBe("315532801\n315532801");
    expect(await readTree(join(root, "state/current/"))).toEqual(before);
    expect(await readTree(join(root, "app"))).toEqual({ Gemfile: "gem" });
  });

  test("gives the app variables of the user, and none of ours", async () => {
    const { root, flags } = await makeApp();
    await lapidary(root, "build", ...flags);
    const typed = ["--env", "GREETING=hi", "--env", "PORT=80", "--process", "web", "--", "mine"];
    expect((await lapidary(root, ...runFlags, ...typed)).stdout).toContain("hi, port 80: mine\n");
    const { stdout } = await lapidary(root, ...runFlags, "--", "env");
    const names = stdout.split("\n").map((line) => line.split("=")[0]);
    // No shell runs a command after `--`, so there is no PWD either.
    expect(names.filter(Boolean).sort()).toEqual(["GREETING", "HOME", "PATH"]);
  });

  test("passes on input, exit codes and signals", async () => {
    const { root, flags } = await makeApp();
    await lapidary(root, "build", ...flags);
    const reading = lapidary(root, ...runFlags, "--", "sh", "-c", "cat; exit 7");
    reading.stdin?.end("typed");
    expect(await reading).toMatchObject({ exitCode: 7, stdout: "typed" });
    const script = 'trap "echo told; exit 9" TERM INT; echo ready; while :; do sleep 0.05; done';
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const waiting = lapidary(root, ...runFlags, "--", "sh", "-c", script);
      await untilSaid(waiting, "ready");
      waiting.kill(signal);
      expect(await waiting).toMatchObject({ exitCode: 9, stdout: "ready\ntold" });
    }
    const deaf = lapidary(root, ...runFlags, "--", "sh", "-c", "echo ready; exec sleep 600");
    await untilSaid(deaf, "ready");
    deaf.kill("SIGTERM");
    expect((await deaf).exitCode).toBe(143);
  });

  test("starts several processes of one build at the same time", async () => {
    const { root, flags } = await makeApp();
    await lapidary(root, "build", ...flags);
    const starts = ["1", "2", "3", "4"].map((n) => lapidary(root, ...runFlags, "--", "echo", n));
    const ends = await Promise.all(starts);
    for (const { exitCode, stderr } of ends) expect(exitCode, stderr).toBe(0);
    expect(ends.map(({ stdout }) => stdout)).toEqual(["1", "2", "3", "4"]);
  });

  test("lets an app in a terminal end at Ctrl-C in its own way", async () => {
    const { root, flags } = await makeApp();
    await lapidary(root, "build", ...flags);
    const script = "trap 'echo told; exit 9' INT; echo ready; while :; do sleep 0.05; done";
    const typed = [process.execPath, program, ...runFlags, "--", "sh", "-c", `"${script}"`];
    // A shell that waited for the command would end by the signal, too, and hide how the command ends.
    const terminal = execa("script", ["-qec", `exec ${typed.join(" ")}`, "/dev/null"], {
      cwd: root,
      reject: false,
    });
    await untilSaid(terminal, "ready");
    terminal.stdin.write("\u0003");
    const { exitCode, stdout } = await terminal;
    expect(exitCode).toBe(9);
    expect(stdout.match(/told/g)).toHaveLength(1);
  });

  test("exits 82 for what it cannot launch, with what there is instead", async () => {
    const { root, flags } = await makeApp();
    await lapidary(root, "build", ...flags);
    const unknown = await lapidary(root, ...runFlags, "--process", "worker");
    expect(unknown).toMatchObject({ exitCode: 82, stdout: "" });
    expect(unknown.stderr).toContain("`web`");
    expect(await lapidary(root, ...runFlags, "--", "no-such-program")).toMatchObject({
      exitCode: 82,
    });
  });

  test("launches as Platform API 0.9 asks for where the build was made so", async () => {
    const { root, flags } = await makeApp();
    await lapidary(root, "build", ...flags, "--platform-api", "0.9");
    const { stdout } = await lapidary(root, ...runFlags, "--process", "web", "--", "mine");
    expect(stdout).toContain(": own mine\n");
  });
});

async function untilSaid(running: { stdout: Readable }, word: string): Promise<void> {
  await new Promise<void>((resolve) => {
    running.stdout.on("data", (chunk) => String(chunk).includes(word) && resolve());
  });
}

async function untilRunning(command: string): Promise<void> {
  while (!isRunning(command)) await new Promise((resolve) => setTimeout(resolve, 30));
}

function isRunning(command: string): boolean {
  return commandLines().includes(command);
}
