import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { SandboxRequest } from "../../src/platform/lifecycle/build-options.ts";
import { writePlatformFiles } from "../../src/platform/sandbox/platform-files.ts";
import type { Sandbox } from "../../src/platform/sandbox/sandbox.ts";
import { runCommand } from "../../src/system/command.ts";

/** A sandbox that isolates nothing: commands run on this machine, inside paths are host paths. */
export async function openDirectSandbox(request: SandboxRequest): Promise<Sandbox> {
  const scratch = await mkdtemp(join(tmpdir(), "lapidary-sandbox-"));
  const buildpacks = join(scratch, "buildpacks");
  const [home, platform] = [join(scratch, "home"), join(scratch, "platform")];
  for (const directory of [home, platform]) await mkdir(directory);
  for (const { path, host } of request.buildpacks) {
    await mkdir(dirname(join(buildpacks, path)), { recursive: true });
    await symlink(host, join(buildpacks, path));
  }
  return {
    inside: { ...request.host, platform, buildpacks, home },
    host: request.host,
    owner: undefined,
    ids: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    fillPlatform: async (files) => await writePlatformFiles(platform, files),
    run: runCommand,
    attach: async (command) => (await runCommand(command)).exitCode,
    describe: () => "without isolation",
    close: async () => await rm(scratch, { recursive: true, force: true }),
  };
}
