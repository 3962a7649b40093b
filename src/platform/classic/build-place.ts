import { mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discardTree } from "../../system/tree.ts";
import { type Buildpack, storePath } from "../buildpack-store.ts";
import type { Sandbox } from "../sandbox.ts";
import type { CompileOptions } from "./compile.ts";
import { layersDirectory, slugRoot } from "./slug-root.ts";

/**
 * Opens the place where an app is compiled: at `/app`, where it will run, in namespaces that have it
 * there; where the machine grants none, at its own path.
 */
export async function openBuildPlace(
  buildDir: string,
  buildpack: Buildpack,
  { openSandbox, signal }: Pick<CompileOptions, "openSandbox" | "signal">,
): Promise<Sandbox> {
  const platform = await realpath(await mkdtemp(join(tmpdir(), "lapidary-platform-")));
  try {
    await mkdir(join(buildDir, layersDirectory), { recursive: true });
    const sandbox = await openSandbox({
      root: "/",
      host: { app: buildDir, layers: join(buildDir, layersDirectory), platform },
      inside: { app: slugRoot, layers: join(slugRoot, layersDirectory) },
      buildpacks: [
        { inside: `/cnb/buildpacks/${storePath(buildpack)}`, host: buildpack.directory },
      ],
      binds: [],
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      signal,
    });
    const close = async () => {
      await sandbox.close();
      await discardTree(platform);
    };
    return { ...sandbox, close };
  } catch (error) {
    await discardTree(platform);
    throw error;
  }
}
