import { chmod, chown, lstat, mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { type Command, runCommand } from "../../system/command.ts";
import { copyTree, discardTree } from "../../system/tree.ts";
import { runInForeground } from "../../system/foreground.ts";
import { hideEnvironment } from "../../system/environment/hidden-environment.ts";
import { giveTo } from "./owner.ts";
import { makeSecretDirectory, writePlatformFiles } from "./platform-files.ts";
import type { Ids, PreparedSandbox, Sandbox } from "./sandbox.ts";
import { ancestorsOf } from "../../system/walk.ts";

/**
 * The sandbox on a machine that refuses namespaces: commands run at the paths of this machine, which must
 * therefore be the same for every build, and see the whole machine. If root starts them, they still run as
 * the unprivileged user.
 *
 * @throws BuildpackError `platform/isolation-needed` for options that need namespaces,
 * `platform/place-unreachable` if the user may not enter a parent directory of the build.
 */
export async function openPlainSandbox(
  options: PreparedSandbox,
  problem: string,
): Promise<Sandbox> {
  refuseIsolation(options, problem);
  const { host, scratch, uid, gid, callerIsRoot } = options;
  const owner = callerIsRoot && uid !== 0 ? { uid, gid } : undefined;
  if (owner) await openWay(options, owner, problem);
  const platform = host.platform ?? (await makeSecretDirectory(owner !== undefined));
  if (owner && host.platform === undefined) await chown(platform, owner.uid, owner.gid);
  const buildpacks = join(scratch, "buildpacks");
  await placeBuildpacks(buildpacks, options.buildpacks, owner);
  const wrap = (command: Command) => asUser(options, command);
  return {
    inside: { ...host, platform, buildpacks, home: join(scratch, "home") },
    host,
    ids: { uid, gid },
    owner,
    fillPlatform: async (files) => {
      await writePlatformFiles(platform, files);
      await giveTo(owner, platform);
    },
    run: async (command) => await runCommand(wrap(command)),
    attach: async (command) => await runInForeground(wrap(command)),
    describe: () => description(options, problem),
    close: async () => {
      if (host.platform === undefined) await discardTree(platform);
      await discardTree(scratch);
    },
  };
}

/** Ignoring these options would expose what the user wanted to protect. */
function refuseIsolation(options: PreparedSandbox, problem: string): void {
  const { network, binds, workspace } = options;
  const needed = [
    ...(network === "none" ? ["--no-network"] : []),
    ...binds.map(({ option }) => option),
    ...(workspace === undefined ? [] : ["--workspace"]),
  ];
  const [option] = needed;
  if (option === undefined) return;
  throw new BuildpackError({ code: "platform/isolation-needed", option, problem });
}

/** Links to buildpacks. A buildpack in a directory that the user may not enter is copied. */
async function placeBuildpacks(
  directory: string,
  buildpacks: PreparedSandbox["buildpacks"],
  owner: Ids | undefined,
): Promise<void> {
  for (const { inside, host } of buildpacks) {
    const place = join(directory, inside.replace(/^\/cnb\/buildpacks\//, ""));
    await mkdir(dirname(place), { recursive: true });
    const isClosed = owner !== undefined && (await closedAbove(host, owner)).length > 0;
    if (isClosed) await copyTree(host, place);
    else await symlink(host, place);
  }
}

/** Lets the user pass through our own private directories. Other directories are not changed. */
async function openWay(options: PreparedSandbox, owner: Ids, problem: string): Promise<void> {
  const { host, scratch, ownTree, shown = [] } = options;
  const platform = host.platform === undefined ? [] : [host.platform];
  const ours = [scratch, ...(ownTree === undefined ? [] : [ownTree])];
  for (const path of [host.app, host.layers, ...platform, join(scratch, "home"), ...shown]) {
    for (const { directory, mode, bit } of await closedAbove(path, owner)) {
      if (!ours.some((tree) => `${directory}/`.startsWith(`${tree}/`))) {
        const user = `${owner.uid}:${owner.gid}`;
        const code = "platform/place-unreachable";
        throw new BuildpackError({ code, path, directory, user, problem });
      }
      await chmod(directory, mode | bit);
    }
  }
}

interface ClosedDirectory {
  directory: string;
  mode: number;
  /** The bit of its mode that would allow the user to enter. */
  bit: number;
}

/** The parents of a path that a user may not pass through. */
async function closedAbove(path: string, { uid, gid }: Ids): Promise<ClosedDirectory[]> {
  const closed: ClosedDirectory[] = [];
  for (const directory of ["/", ...ancestorsOf(path)]) {
    const entry = await lstat(directory);
    const bit = entry.uid === uid ? 0o100 : entry.gid === gid ? 0o010 : 0o001;
    if ((entry.mode & bit) === 0) closed.push({ directory, mode: entry.mode & 0o7777, bit });
  }
  return closed;
}

function asUser({ callerIsRoot, uid, gid, signal }: PreparedSandbox, command: Command): Command {
  const become = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--inh-caps=-all"];
  // In a container, root may not even be allowed to change to its own ids.
  const changes = callerIsRoot && (uid !== 0 || gid !== 0);
  const args = ["--pdeathsig", "KILL", "--no-new-privs", ...(changes ? become : []), "--"];
  // `setpriv` has the rights of root until it has changed the user.
  const { hidden, restore } = hideEnvironment(command);
  return {
    ...(signal ? { signal } : {}),
    ...command,
    file: "/usr/bin/setpriv",
    args: [...args, "/bin/sh", "-c", restore, "sandbox", command.file, ...command.args],
    env: hidden,
    variables: command.env,
  };
}

function description({ callerIsRoot, uid, gid }: PreparedSandbox, problem: string): string {
  const user = callerIsRoot ? `as user ${uid}:${gid}` : "as your own user";
  const allow = callerIsRoot
    ? "In a container, `--cap-add SYS_ADMIN --security-opt apparmor=unconfined` allows them"
    : "On Ubuntu, `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0` allows them";
  return `without a sandbox, ${user}: this machine refuses namespaces (${problem}). ${allow}`;
}
