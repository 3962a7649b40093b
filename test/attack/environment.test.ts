import { existsSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { openSandbox } from "../../src/platform/sandbox/open-sandbox.ts";
import { openPlainSandbox } from "../../src/platform/sandbox/sandbox-in-place.ts";
import { type Sandbox, unprivileged } from "../../src/platform/sandbox/sandbox.ts";
import { makeSandbox, runScript, skipWithoutNamespaces } from "../support/sandbox.ts";
import { makeTree } from "../support/tree.ts";

// An app's project.toml and the layers of earlier buildpacks set variables of every command.

/** Variables that make a program run what they name, and the file that shows it. */
const hostile: Record<string, (proof: string) => Record<string, string>> = {
  TAR_OPTIONS: (proof) => ({ TAR_OPTIONS: `--to-command='/bin/sh -c "id -u >>${proof}"'` }),
  SHELLOPTS: (proof) => ({ SHELLOPTS: "xtrace", PS4: `$(id -u >>${proof})` }),
  ENV: (proof) => ({ ENV: `$(id -u >>${proof})`, BASH_ENV: `$(id -u >>${proof})` }),
};

/** A sandbox whose platform directory is in memory, as for a build. */
async function openWithPlatform(): Promise<{ sandbox: Sandbox; base: string }> {
  const base = await makeTree({ "app/": "", "layers/": "" });
  const host = { app: join(base, "app"), layers: join(base, "layers") };
  const options = { root: "/", host, buildpacks: [], binds: [], ...unprivileged };
  const sandbox = await openSandbox(options);
  onTestFinished(async () => await sandbox.close());
  const files = new Map([["env/NAME", Buffer.from("value")]]);
  await sandbox.fillPlatform({ directories: ["env"], files });
  return { sandbox, base };
}

describe("no variable of a command reaches the programs that set up its sandbox", () => {
  beforeEach(skipWithoutNamespaces);

  test.each(Object.entries(hostile))("%s", async (_, variablesFor) => {
    const { sandbox, base } = await openWithPlatform();
    const proof = join(base, "proof");
    const variables = variablesFor(proof);
    const [name = ""] = Object.keys(variables);
    const command = { file: "/usr/bin/env", args: [], cwd: sandbox.inside.app };
    const result = await sandbox.run({ ...command, env: { PATH: "/usr/bin:/bin", ...variables } });
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stdout).toContain(`${name}=${variables[name]}`);
    expect(existsSync(proof)).toBe(false);
  });

  test("LD_PRELOAD, which only the command itself loads", async () => {
    const { sandbox } = await openWithPlatform();
    expect(await preloads(sandbox)).toBe(1);
  });

  test("LD_PRELOAD, where this machine refuses namespaces", async () => {
    const base = await makeTree({ "app/": "", "layers/": "", "platform/": "" });
    await mkdir(join(base, "scratch/home"), { recursive: true });
    const at = (name: string) => join(base, name);
    const sandbox = await openPlainSandbox(
      {
        root: "/",
        host: { app: at("app"), layers: at("layers"), platform: at("platform") },
        ...{ buildpacks: [], binds: [], ...unprivileged },
        callerIsRoot: process.getuid?.() === 0,
        scratch: at("scratch"),
        ownTree: base,
      },
      "unshare: Operation not permitted",
    );
    expect(await preloads(sandbox)).toBe(1);
  });
});

test("a program whose name looks like a variable is run, not taken for one", async () => {
  const sandbox = await makeSandbox({}, { "app/a=b": "#!/bin/sh\nexit 7\n" });
  await chmod(join(sandbox.base, "app/a=b"), 0o755);
  const command = { file: "./a=b", args: ["c=d"], cwd: sandbox.inside.app };
  expect((await sandbox.run({ ...command, env: { PATH: "/usr/bin:/bin" } })).exitCode).toBe(7);
});

/** How many programs tried to load a library that does not exist: the system's loader says so for each. */
async function preloads(sandbox: Sandbox): Promise<number> {
  const command = { file: "/usr/bin/env", args: [], cwd: sandbox.inside.app };
  const { stderr } = await sandbox.run({ ...command, env: { LD_PRELOAD: "/no/such.so" } });
  return stderr.match(/cannot be preloaded/g)?.length ?? 0;
}

describe("a mount point that a command has replaced", () => {
  beforeEach(skipWithoutNamespaces);

  test.each(["directory", "file"])("is refused: a %s below a link", async (kind) => {
    const volume = await makeTree({ "directory/mine": "", file: "mine" });
    const victim = await makeTree({ "directory/": "", file: "" });
    const inside = `/workspace/v/${kind}`;
    const bind = { host: join(volume, kind), inside, writable: true, option: "--volume" };
    const sandbox = await makeSandbox({ binds: [bind] });
    expect((await runScript(sandbox, `ls ${inside}`)).exitCode).toBe(0);
    const replaced = await runScript(sandbox, `mv v w && ln -s ${victim} v`);
    expect(replaced.exitCode, replaced.stderr).toBe(0);
    const { exitCode, stderr } = await runScript(sandbox, "true");
    expect(exitCode).toBe(125);
    expect(stderr).toContain(`the mount point ${inside} is not a plain file or directory any more`);
  });
});
