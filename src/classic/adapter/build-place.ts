import { copyFile, mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFile } from "../../system/files.ts";
import { discardTree } from "../../system/tree.ts";
import { type Buildpack, storePath } from "../../platform/lifecycle/buildpack-store.ts";
import type { Sandbox } from "../../platform/sandbox/sandbox.ts";
import type { CompileOptions } from "./compile-options.ts";
import { layersDirectory, slugRoot } from "../slug-root.ts";

/**
 * Opens the sandbox in which an app is compiled: at `/app`, where it will run, or at its own path if the
 * machine refuses namespaces. It has its own HOME, with a copy of the files that give access to private
 * gems (`.netrc`, `.gitconfig`).
 */
export async function openBuildPlace(
  buildDir: string,
  buildpack: Buildpack,
  { openSandbox, env, signal }: Pick<CompileOptions, "openSandbox" | "env" | "signal">,
): Promise<Sandbox> {
  const base = await realpath(await mkdtemp(join(tmpdir(), "lapidary-compile-")));
  const scratch = join(base, "scratch");
  try {
    await mkdir(join(buildDir, layersDirectory), { recursive: true });
    const sandbox = await openSandbox({
      root: "/",
      host: { app: buildDir, layers: join(buildDir, layersDirectory) },
      inside: { app: slugRoot, layers: join(slugRoot, layersDirectory) },
      buildpacks: [
        { inside: `/cnb/buildpacks/${storePath(buildpack)}`, host: buildpack.directory },
      ],
      binds: [],
      // Other buildpacks may have put programs anywhere.
      view: "everything",
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      scratch,
      signal,
    });
    await takeCredentials(env["HOME"], join(scratch, "home"));
    const close = async () => {
      await sandbox.close();
      await discardTree(base);
    };
    return { ...sandbox, close };
  } catch (error) {
    await discardTree(base);
    throw error;
  }
}

async function takeCredentials(from: string | undefined, to: string): Promise<void> {
  for (const name of [".netrc", ".gitconfig"]) {
    const path = join(from ?? "", name);
    if (from && (await isFile(path))) await copyFile(path, join(to, name));
  }
}
