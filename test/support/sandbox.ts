import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { onTestFinished, type TestContext } from "vitest";
import { openSandbox } from "../../src/platform/sandbox/open-sandbox.ts";
import type { Sandbox, SandboxOptions } from "../../src/platform/sandbox/sandbox.ts";
import { addToTree, makeTree } from "./tree.ts";

/** For `beforeEach`: skips the test where the machine lets nobody make namespaces. */
export function skipWithoutNamespaces({ skip }: TestContext): void {
  skip(!hasNamespaces, "this machine refuses namespaces");
}

const hasNamespaces = (() => {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  try {
    execFileSync("unshare", [
      ...user,
      "--mount",
      "--pid",
      "--fork",
      "mount",
      "-t",
      "tmpfs",
      "t",
      "/tmp",
    ]);
    return true;
  } catch {
    return false;
  }
})();

/** A sandbox over new directories that hold `files`: `app/…`, `layers/…`, `bp/…`. */
export async function makeSandbox(
  options: Partial<SandboxOptions> = {},
  files: Record<string, string> = {},
): Promise<Sandbox & { base: string }> {
  const base = await makeTree({ "app/": "", "layers/": "", "platform/": "", "bp/": "" });
  await addToTree(base, files);
  const sandbox = await openSandbox({
    root: "/",
    host: {
      app: join(base, "app"),
      layers: join(base, "layers"),
      platform: join(base, "platform"),
    },
    buildpacks: [{ inside: "/cnb/buildpacks/a_b/1.0.0", host: join(base, "bp") }],
    binds: [],
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    ...options,
  });
  onTestFinished(async () => await sandbox.close());
  return { ...sandbox, base };
}

/** Runs a shell script inside. */
export async function runScript(
  sandbox: Sandbox,
  script: string,
  env: Record<string, string> = {},
) {
  return await sandbox.run({
    file: "/bin/sh",
    args: ["-c", script],
    cwd: sandbox.inside.app,
    env: { PATH: "/usr/bin:/bin", ...env },
  });
}

/** Puts these programs of the machine, and the libraries that they load, into a root file system. */
export function addPrograms(root: string, names: readonly string[]): void {
  for (const name of names) {
    const libraries = execFileSync("ldd", [name], { encoding: "utf8" }).match(/\/\S+/g) ?? [];
    for (const path of [name, ...libraries.filter((path) => path.startsWith("/"))]) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      cpSync(realpathSync(path), join(root, path));
    }
  }
}
