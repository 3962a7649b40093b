import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openPlainSandbox } from "../../src/platform/sandbox/sandbox-in-place.ts";
import { readFixture } from "../support/builds/layers-fixture.ts";
import { buildOnLayers } from "../support/builds/meet-layers.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { makeSandbox, runScript, skipWithoutNamespaces } from "../support/sandbox.ts";
import { makeTree } from "../support/tree.ts";

const command = resolve(import.meta.dirname, "../../bin/lapidary");

/** The files below these directories whose name or content has this text. */
function filesWith(text: string, ...directories: readonly string[]): string[] {
  return directories
    .flatMap((directory) => {
      const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
      return names.map((name) => join(directory, name));
    })
    .filter((path) => {
      const stats = statSync(path, { throwIfNoEntry: false });
      return path.includes(text) || (stats?.isFile() && readFileSync(path).includes(text));
    });
}

const hasMemory = statSync("/dev/shm", { throwIfNoEntry: false })?.isDirectory() ?? false;

test("a build that is killed leaves no variable and no binding on the disk", async (context) => {
  skipWithoutNamespaces(context);
  const secret = `canary-${crypto.randomUUID()}`;
  const script = `cat "$CNB_PLATFORM_DIR/env/SECRET_KEY_BASE" "$CNB_PLATFORM_DIR/bindings/db/password" | tr a-z A-Z
    echo; sleep 60`;
  const buildpack = await makeBuildpack({ build: script });
  const root = await makeTree({
    "app/Gemfile": "",
    "tmp/": "",
    "bindings/db/type": "pg",
    "bindings/db/password": secret,
  });
  const state = join(root, "state");
  const options = ["--state", state, "--buildpack", buildpack];
  const given = ["--env", `SECRET_KEY_BASE=${secret}`, "--binding", join(root, "bindings/db")];
  const build = spawn(command, ["build", join(root, "app"), ...options, ...given], {
    env: { PATH: process.env["PATH"], HOME: root, TMPDIR: join(root, "tmp"), NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(build, "close");
  let output = "";
  for await (const chunk of build.stdout as AsyncIterable<Buffer>) {
    output += chunk.toString();
    if (output.split(secret.toUpperCase()).length > 2) build.kill("SIGKILL");
  }
  await closed;
  expect(output.split(secret.toUpperCase())).toHaveLength(3);
  expect(readdirSync(state)).not.toEqual([]);
  const memory = hasMemory ? ["/dev/shm"] : [];
  expect(filesWith(secret, state, join(root, "tmp"), ...memory)).toEqual([]);
});

test("no value of a variable is an argument of a program that runs on, whatever the name", async (context) => {
  skipWithoutNamespaces(context);
  const secret = `canary-${crypto.randomUUID()}`;
  const names = ["SECRET", "not.a-shell name", "LD_PRELOAD_SECRET", "_", "ENV", "naïve"];
  const env = Object.fromEntries(names.map((name) => [name, `${secret} '"$x`]));
  const sandbox = await makeSandbox();
  // Programs of this machine that are on the way to the command stay there until it ends.
  const running = runScript(sandbox, "echo >ready; while [ -e ready ]; do sleep 0.1; done", env);
  const ready = join(sandbox.base, "app/ready");
  await expect.poll(() => existsSync(ready), { timeout: 50_000 }).toBe(true);
  const lines = readdirSync("/proc").map((pid) => commandLineOf(pid));
  expect(lines.filter((line) => line.includes(sandbox.base)).length).toBeGreaterThan(0);
  expect(lines.filter((line) => line.includes(secret))).toEqual([]);
  rmSync(ready);
  await running;
  // Not by a shell, which drops names that are not its own.
  const { stdout } = await sandbox.run({ file: "/usr/bin/env", args: ["-0"], cwd: "/", env });
  const inside = stdout.split("\0");
  expect(inside).toEqual(expect.arrayContaining(names.map((name) => `${name}=${secret} '"$x`)));
  expect(inside.filter((line) => line.startsWith("LAPIDARY"))).toEqual([]);
});

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

test("no metadata of a layer depends on the value of a variable, so that no label does", async () => {
  const fixture = await readFixture("0.1.0/rails");
  const metadataWith = async (password: string) => {
    const env = { ...fixture.env, DATABASE_URL: `postgres://shop:${password}@db/shop` };
    const { layersDir } = await buildOnLayers({ ...fixture, env });
    const names = (await readdir(layersDir)).filter((name) => name.endsWith(".toml")).sort();
    const texts = names.map((name) => [name, readFileSync(join(layersDir, name), "utf8")] as const);
    return Object.fromEntries(texts.map(([name, text]) => [name, withoutKeyed(name, text)]));
  };
  const one = await metadataWith("hunter2");
  expect(Object.keys(one)).toContain("gems-environment.toml");
  expect(await metadataWith("swordfish")).toEqual(one);
});

/**
 * With BP_RAILS_ASSETS_REUSE, the cached layer `assets` has a digest that the key of the cache makes, and one of
 * the other layers' metadata with their paths, which differ here.
 */
function withoutKeyed(name: string, text: string): string {
  return name === "assets.toml"
    ? text.replace(/^(environment|layers) = "[0-9a-f]{16}"$/gm, "")
    : text;
}

describe("the files of `<platform>`", () => {
  const given = {
    directories: ["env", "bindings", "bindings/db"],
    files: new Map([
      ["env/KEY", Buffer.from("a value\n")],
      ["env/two\nlines", Buffer.from("")],
      ["bindings/db/type", Buffer.alloc(300_000, "x")],
    ]),
  };
  const look =
    'cd "$1"; find . | sort; stat -c %a . env env/KEY; wc -c <bindings/db/type; cat env/KEY';
  const seen = ". ./bindings ./bindings/db ./bindings/db/type ./env ./env/KEY ./env/two lines";

  test.for([0, 1000])("are in the sandbox of user %i, and nowhere else", async (id, context) => {
    skipWithoutNamespaces(context);
    context.skip(id === 0 && process.getuid?.() !== 0, "only root can run as root");
    const base = await makeTree({ "app/": "", "layers/": "" });
    const host = { app: join(base, "app"), layers: join(base, "layers") };
    const sandbox = await makeSandbox({ host, uid: id, gid: id });
    await sandbox.fillPlatform(given);
    const { stdout } = await runScript(sandbox, `set -- /platform; ${look}`);
    expect(stdout.replaceAll("\n", " ")).toBe(`${seen} 700 700 600 300000 a value`);
    expect((await runScript(sandbox, "cat")).stdout).toBe("");
  });

  test("are in memory where namespaces are refused", async ({ skip }) => {
    skip(!hasMemory, "this machine has no file system in memory");
    const base = await makeTree({ "app/": "", "layers/": "", "scratch/home/": "" });
    const sandbox = await openPlainSandbox(
      {
        root: "/",
        host: { app: join(base, "app"), layers: join(base, "layers") },
        buildpacks: [],
        binds: [],
        uid: 1000,
        gid: 1000,
        callerIsRoot: process.getuid?.() === 0,
        scratch: join(base, "scratch"),
        ownTree: base,
      },
      "Operation not permitted",
    );
    onTestFinished(async () => await sandbox.close());
    await sandbox.fillPlatform(given);
    const { platform } = sandbox.inside;
    const { stdout } = await runScript(sandbox, `set -- ${platform}; ${look}`);
    expect(stdout.replaceAll("\n", " ")).toBe(`${seen} 700 700 600 300000 a value`);
    const type = execFileSync("stat", ["-f", "-c", "%T", platform], { encoding: "utf8" });
    expect(type.trim()).toBe("tmpfs");
    await sandbox.close();
    expect(statSync(platform, { throwIfNoEntry: false })).toBeUndefined();
  });
});
