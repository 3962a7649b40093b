import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { SandboxRequest } from "../../src/platform/lifecycle/build-options.ts";
import type { Sandbox } from "../../src/platform/sandbox/sandbox.ts";
import { runCommand } from "../../src/system/command.ts";

/** A sandbox that isolates nothing: commands run on this machine, inside paths are host paths. */
export async function openDirectSandbox(request: SandboxRequest): Promise<Sandbox> {
  const scratch = await mkdtemp(join(tmpdir(), "lapidary-sandbox-"));
  const buildpacks = join(scratch, "buildpacks");
  const home = join(scratch, "home");
  await mkdir(home);
  for (const { path, host } of request.buildpacks) {
    await mkdir(dirname(join(buildpacks, path)), { recursive: true });
    await symlink(host, join(buildpacks, path));
  }
  return {
    inside: { ...request.host, buildpacks, home },
    host: request.host,
    owner: undefined,
    ids: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    run: runCommand,
    attach: async (command) => (await runCommand(command)).exitCode,
    describe: () => "without isolation",
    close: async () => await rm(scratch, { recursive: true, force: true }),
  };
}
