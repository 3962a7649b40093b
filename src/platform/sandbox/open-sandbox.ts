import { chmod, chown, mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { isDirectory } from "../../system/files.ts";
import { discardTree } from "../../system/tree.ts";
import { openNamespacedSandbox } from "./sandbox-in-namespaces.ts";
import { openPlainSandbox } from "./sandbox-in-place.ts";
import type { PreparedSandbox, Sandbox, SandboxOptions } from "./sandbox.ts";

/**
 * Opens the most isolated place that this machine allows: namespaces of its own where the kernel
 * grants them, else the host's own paths.
 *
 * @throws BuildpackError `platform/root-unusable` where a root other than `/` cannot be entered.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (!(await isDirectory(options.root))) {
    throw rootUnusable(options.root, "there is no such directory");
  }
  const prepared = await prepare(options);
  try {
    const attempt = await openNamespacedSandbox(prepared);
    if (attempt.state === "open") return attempt.sandbox;
    if (prepared.root !== "/") throw rootUnusable(options.root, attempt.problem);
    return await openPlainSandbox(prepared, attempt.problem);
  } catch (error) {
    await discardTree(prepared.scratch);
    throw error;
  }
}

async function prepare(options: SandboxOptions): Promise<PreparedSandbox> {
  const callerIsRoot = process.getuid?.() === 0;
  const scratch = await makeScratch(options.scratch);
  const { uid, gid } = options;
  for (const name of ["root", "tmp", "var-tmp", "home"]) await mkdir(join(scratch, name));
  for (const name of ["tmp", "var-tmp"]) await chmod(join(scratch, name), 0o1777);
  if (callerIsRoot) await chown(join(scratch, "home"), uid, gid);
  return { ...options, root: await realpath(options.root), scratch, callerIsRoot };
}

async function makeScratch(path: string | undefined): Promise<string> {
  if (path === undefined) return await realpath(await mkdtemp(join(tmpdir(), "lapidary-")));
  await discardTree(path);
  await mkdir(path, { recursive: true });
  return await realpath(path);
}

function rootUnusable(root: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/root-unusable", root, problem });
}
