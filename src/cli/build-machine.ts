import { join, resolve } from "node:path";
import { readTarget } from "../cnb/target.ts";
import type { BuildOptions, SandboxRequest } from "../platform/lifecycle/build-options.ts";
import { architectureOfRoot } from "../platform/sandbox/root-architecture.ts";
import { openSandbox } from "../platform/sandbox/open-sandbox.ts";
import type { Sandbox, SandboxOptions } from "../platform/sandbox/sandbox.ts";
import { isDirectory } from "../system/files.ts";
import type { BuildFlags } from "./build-options.ts";
import type { CommandContext } from "./command-context.ts";
import { imagePath } from "../system/search-path.ts";

export type MachineOptions = Pick<BuildOptions, "target" | "imageEnv" | "buildConfig">;

/** What the build and run root file systems say about themselves. */
export async function machineOptions(
  { buildRoot, runRoot }: BuildFlags,
  { env, cwd }: CommandContext,
): Promise<MachineOptions> {
  const root = resolve(cwd, buildRoot);
  const buildConfig = join(root, "cnb/build-config");
  const runs = resolve(cwd, runRoot ?? buildRoot);
  const arch = await architectureOfRoot(runs);
  return {
    target: await readTarget({}, { root: runs, ...(arch === undefined ? {} : { arch }) }),
    imageEnv: imageEnvironment(root, env),
    ...((await isDirectory(buildConfig)) ? { buildConfig } : {}),
  };
}

/** A root file system does not store its image's environment: it gets a usual one, and our proxies. */
export function imageEnvironment(root: string, env: CommandContext["env"]): Record<string, string> {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
  const result: Record<string, string> = {
    PATH: (root === "/" ? env["PATH"] : undefined) ?? imagePath,
  };
  for (const name of names.flatMap((name) => [name, name.toLowerCase()])) {
    const value = env[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** Opens the sandbox that the options describe, and prints how the build is isolated. */
export function openBuildSandbox(
  { buildRoot, uid, gid, network, workspace }: BuildFlags,
  { cwd, printer, signal }: CommandContext,
  places: Pick<SandboxOptions, "binds" | "shown" | "ownTree" | "scratch">,
): (request: SandboxRequest) => Promise<Sandbox> {
  return async ({ host, buildpacks }) => {
    const sandbox = await openSandbox({
      root: resolve(cwd, buildRoot),
      host,
      buildpacks: buildpacks.map((one) => ({
        inside: `/cnb/buildpacks/${one.path}`,
        host: one.host,
      })),
      ...places,
      uid,
      gid,
      workspace,
      network: network ? "host" : "none",
      signal,
    });
    printer.plain(`Builds ${sandbox.describe()}.`, "");
    return sandbox;
  };
}
