import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Command, runCommand } from "../../system/command.ts";
import { discardTree } from "../../system/tree.ts";
import { runInForeground } from "../../system/foreground.ts";
import type { PreparedSandbox, Sandbox } from "./sandbox.ts";

/**
 * The sandbox of a machine that grants no namespaces: commands run on the host's own paths, which
 * therefore have to be the same for every build, and see the whole machine. Extra binds cannot be
 * had and are left out.
 */
export async function openPlainSandbox(
  options: PreparedSandbox,
  problem: string,
): Promise<Sandbox> {
  const { host, scratch, ids } = options;
  const buildpacks = join(scratch, "buildpacks");
  await linkBuildpacks(buildpacks, options.buildpacks);
  const wrap = (command: Command) => asUser(options, command);
  return {
    inside: { ...host, buildpacks, home: join(scratch, "home") },
    host,
    ids,
    run: async (command) => await runCommand(wrap(command)),
    attach: async (command) => await runInForeground(wrap(command)),
    describe: () => description(options, problem),
    close: async () => await discardTree(scratch),
  };
}

async function linkBuildpacks(directory: string, buildpacks: PreparedSandbox["buildpacks"]) {
  for (const { inside, host } of buildpacks) {
    const link = join(directory, inside.replace(/^\/cnb\/buildpacks\//, ""));
    await mkdir(dirname(link), { recursive: true });
    await symlink(host, link);
  }
}

function asUser({ callerIsRoot, ids, signal }: PreparedSandbox, command: Command): Command {
  const become = [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, "--clear-groups"];
  // Root of a container may be refused even the change to what it is already.
  const changes = callerIsRoot && (ids.uid !== 0 || ids.gid !== 0);
  const args = ["--pdeathsig", "KILL", ...(changes ? become : []), "--"];
  return {
    ...(signal ? { signal } : {}),
    ...command,
    file: "/usr/bin/setpriv",
    args: [...args, command.file, ...command.args],
  };
}

function description({ ids, uid, gid, network, binds }: PreparedSandbox, problem: string): string {
  const parts = [`without isolation (${problem}), as user ${ids.uid}:${ids.gid}`];
  if (binds.length > 0) parts.push("volumes cannot be mounted");
  if (network === false) parts.push("the network cannot be cut off");
  if (ids.uid !== uid || ids.gid !== gid) parts.push(`only root can run as ${uid}:${gid}`);
  return parts.join("; ");
}
