import { chmod, chown, mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { isDirectory } from "../../system/files.ts";
import { copyTree, discardTree, isReadableByAll, makeReadableByAll } from "../../system/tree.ts";
import { openNamespacedSandbox } from "./sandbox-in-namespaces.ts";
import { openPlainSandbox } from "./sandbox-in-place.ts";
import type { PreparedSandbox, Sandbox, SandboxOptions } from "./sandbox.ts";

/**
 * Opens the most isolated sandbox that this machine allows: in namespaces if the kernel grants them,
 * otherwise at the paths of this machine.
 *
 * @throws BuildpackError `platform/root-unusable` if a root other than `/` cannot be used; see
 * `openPlainSandbox` for the others.
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
  const buildpacks = await readable(options.buildpacks, scratch, callerIsRoot && uid !== 0);
  return { ...options, root: await realpath(options.root), buildpacks, scratch, callerIsRoot };
}

/** A buildpack that root keeps from other users is copied for the user that it will run as. */
async function readable(
  buildpacks: SandboxOptions["buildpacks"],
  scratch: string,
  forOthers: boolean,
): Promise<SandboxOptions["buildpacks"]> {
  if (!forOthers) return buildpacks;
  return await Promise.all(
    buildpacks.map(async ({ inside, host }, index) => {
      if (await isReadableByAll(host)) return { inside, host };
      const copy = join(scratch, "readable", String(index));
      await copyTree(host, copy);
      await makeReadableByAll(copy);
      return { inside, host: copy };
    }),
  );
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
