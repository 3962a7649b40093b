import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readOperatorEnv } from "../../src/cnb/layers/layer-env.ts";
import { buildpackId, processType } from "../../src/cnb/names.ts";
import { writeImage, writeIndex } from "../../src/oci/layout.ts";
import { claimState } from "../../src/platform/state/claim-state.ts";
import { buildsInUse } from "../../src/platform/state/state-in-use.ts";
import { takeLock, waitForLock } from "../../src/platform/state/state-lock.ts";
import { parseProcfile } from "../../src/procfile.ts";
import { runCommand } from "../../src/system/command.ts";
import { lstatIfAny } from "../../src/system/files.ts";
import { buildByLine } from "../support/build-line.ts";
import { failureOf } from "../support/failure.ts";
import { makePlatform } from "../support/builds/local-platform.ts";
import { makeImage } from "../support/images/image.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { addToTree, makeTree } from "../support/tree.ts";

const source = resolve(import.meta.dirname, "../../src");
const inPidNamespace = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc"];

describe("a lock holds between two PID namespaces, and is free once its holder ended", () => {
  test.for(["lock", "in-use/1-0123456789ab"])("%s", async (name, { skip }) => {
    const probe = await runCommand({
      file: "unshare",
      args: [...inPidNamespace, "true"],
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" },
    });
    if (probe.exitCode !== 0) skip("this machine refuses namespaces");
    const state = await makeTree({ "in-use/": "" });
    const module = JSON.stringify(join(source, "platform/state/state-lock.ts"));
    const script = `const { takeLock } = await import(${module});
await takeLock(${JSON.stringify(join(state, name))}); console.log("held"); setInterval(() => {}, 1000);`;
    const node = [process.execPath, "--input-type=module", "--eval", script];
    const holder = spawn("unshare", [...inPidNamespace, "--kill-child", ...node]);
    await once(holder.stdout, "data");
    if (name === "lock") {
      const failure = await failureOf(takeLock(join(state, name)));
      expect(failure.code).toBe("platform/state-locked");
    } else {
      expect(await buildsInUse(state)).toEqual(["1"]);
    }
    holder.kill("SIGKILL");
    const unlock = await waitForLock(join(state, name));
    await unlock();
    expect(await buildsInUse(state)).toEqual([]);
  });
});

describe("an output of more than 100 MB does not end a command", () => {
  const lines = 1_100_000;
  const script = `i=0; line=${"x".repeat(99)}; yes "$line" | head -n ${lines}; echo end >&2; exit 3`;

  test("that prints lines", async () => {
    let seen = 0;
    const result = await runCommand({
      ...{ file: "/bin/sh", args: ["-c", script], cwd: "/", env: { PATH: "/usr/bin:/bin" } },
      onLine: () => (seen += 1),
    });
    expect(result.exitCode).toBe(3);
    expect(seen).toBe(lines + 1);
    expect(result.stdout.length).toBeLessThan(50_000_000);
    expect(result.lines.at(-1)).toMatch(/^(end|x{99})$/);
  });

  test("that prints text, which is passed on in full", async () => {
    let seen = 0;
    const result = await runCommand({
      ...{ file: "/bin/sh", args: ["-c", script], cwd: "/", env: { PATH: "/usr/bin:/bin" } },
      onText: (text) => (seen += text.length),
    });
    expect(result).toMatchObject({ exitCode: 3, stderr: "end", lines: [] });
    expect(seen).toBe(lines * 100 + 4);
  });

  test("that prints one line without an end", async () => {
    let longest = 0;
    const result = await runCommand({
      ...{ file: "/bin/sh", args: ["-c", "head -c 110000000 /dev/zero | tr '\\0' x"], cwd: "/" },
      env: { PATH: "/usr/bin:/bin" },
      onLine: (line) => (longest = Math.max(longest, line.length)),
    });
    expect(result.exitCode).toBe(0);
    expect(longest).toBeLessThan(3_000_000);
  });
});

test("an environment that the system refuses is not blamed on the program", async () => {
  const env = { PATH: "/usr/bin:/bin", SMALL: "x", LARGE: "x".repeat(200_000) };
  const work = runCommand({ file: "true", args: [], cwd: "/", env });
  expect(await failureOf(work)).toEqual({
    code: "system/environment-too-large",
    name: "LARGE",
    bytes: 200_000,
  });
});

describe("a buildpack whose id is a step to another directory is refused", () => {
  test.for([".", ".."])("%s", async (id) => {
    expect(buildpackId.safeParse(id).success).toBe(false);
    const platform = await makePlatform();
    const failure = await failureOf(platform.build([await makeBuildpack({ id })]));
    expect(failure).toMatchObject({ code: "cnb/file-invalid" });
  });

  test("where project.toml names it, and the build ends", async () => {
    const buildpack = await makeBuildpack({ id: ".." });
    const root = await makeTree({
      "app/project.toml": `[_]\nschema-version = "0.2"\n[[io.buildpacks.group]]\nid = ".."\nuri = "${buildpack}"\n`,
    });
    const failure = await failureOf(buildByLine(root, "app", "--state", "state"));
    expect(failure).toMatchObject({ code: "cnb/file-invalid" });
  });
});

describe("a buildpack that project.toml names by a URL that is no directory here is left out", () => {
  test.for([
    "file://host/x",
    "file:///nowhere",
    "http://",
    "https://example.invalid/x",
    "urn:x",
    "docker://x",
  ])("%s", async (uri) => {
    const root = await makeTree({
      "app/project.toml": `[_]\nschema-version = "0.2"\n[[io.buildpacks.pre.buildpacks]]\nuri = "${uri}"\n`,
    });
    const buildpack = await makeBuildpack();
    await buildByLine(root, "app", "--state", "state", "--buildpack", buildpack);
  });
});

describe("a process type that is a step to another directory is refused", () => {
  test.for([".", "..", "x".repeat(256)])("%s", (type) => {
    expect(processType.safeParse(type).success).toBe(false);
    const { entries, ignored } = parseProcfile(`${type}: x\nweb: y`);
    expect(entries).toEqual([{ type: "web", line: "y" }]);
    expect(ignored).toEqual([{ line: 1, why: "the process type cannot be the name of a file" }]);
  });

  test.for([".", "..", "x".repeat(256)])("%s of another buildpack, by the export", async (type) => {
    const root = await makeTree({ "app/Gemfile": "" });
    const script = `printf '[[processes]]\\ntype = "${type}"\\ncommand = ["x"]\\n' > "$CNB_LAYERS_DIR/launch.toml"`;
    const buildpack = await makeBuildpack({ build: script });
    const image = ["--image", "oci:image", "--run-image", "oci:run"];
    const runImage = await makeImage(await makeTree(), ["base"]);
    await writeIndex(join(root, "run"), [await writeImage(join(root, "run"), runImage)]);
    const work = buildByLine(root, "app", "--state", "state", "--buildpack", buildpack, ...image);
    expect(await failureOf(work)).toMatchObject({
      code: "platform/process-type-invalid",
      type,
    });
    expect(await lstatIfAny(join(root, "image"))).toBeUndefined();
  });
});

test("the environment of an operator may consist of links, as a ConfigMap does", async () => {
  const directory = await makeTree({ "env/..2026/NAME": "one", "env/..2026/LIST.append": "two" });
  await symlink("..2026", join(directory, "env/..data"));
  await symlink("..data/NAME", join(directory, "env/NAME"));
  await symlink("..data/LIST.append", join(directory, "env/LIST.append"));
  await symlink("..data/gone", join(directory, "env/GONE"));
  const read = await readOperatorEnv(directory);
  expect(read.map(({ name, value, behavior }) => [name, value, behavior])).toEqual([
    ["LIST", "two", "append"],
    ["NAME", "one", "override"],
  ]);
});

test("a state directory that cannot be read is refused with its name", async ({ skip }) => {
  if (process.getuid?.() === 0) skip("root may read everything");
  const state = await makeTree();
  await addToTree(state, { "x/": "" });
  await mkdir(join(state, "closed"), { mode: 0 });
  await writeFile(join(state, "file"), "");
  expect(await failureOf(claimState(join(state, "closed")))).toMatchObject({
    code: "system/not-writable",
    path: join(state, "closed"),
  });
});
