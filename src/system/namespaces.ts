import type { Command } from "./command.ts";
import { shellQuote } from "./shell-quote.ts";

/** One step in furnishing an empty directory as a root file system; `path` is a path inside it. */
export type MountStep =
  | { make: "directory"; path: string }
  | { make: "file"; path: string }
  | { make: "link"; path: string; target: string }
  | { make: "mount"; source: string; path: string; writable: boolean; optional: boolean };

export interface Namespaces {
  /** An empty directory on the host. What is mounted on it is seen by the command alone. */
  newRoot: string;
  steps: readonly MountStep[];
  /** Root changes to these ids. Anybody else keeps their own, which these then have to be. */
  uid: number;
  gid: number;
  callerIsRoot: boolean;
  network: boolean;
}

/**
 * The command that runs `command` in mount and PID namespaces of its own (and a user namespace where
 * the caller is not root), with `newRoot` as its root file system. The kernel ends everything inside
 * when the command ends, and when our own process ends in whatever way. Needs the util-linux of the
 * host, and `/usr/bin/env` inside.
 */
export function inNamespaces(namespaces: Namespaces, command: Command): Command {
  const { direct, special } = splitEnvironment(command.env);
  const { uid, gid, newRoot, callerIsRoot } = namespaces;
  // Root of a container may be refused even the change to what it is already.
  const ids = uid === 0 && gid === 0 ? [] : [`--setuid=${uid}`, `--setgid=${gid}`];
  const become = callerIsRoot ? ids : ["--user", `--map-user=${uid}`, `--map-group=${gid}`];
  return {
    ...command,
    file: "/usr/bin/setpriv",
    args: [
      // A terminal's SIGINT reaches all of us; unshare would die of it after the command has ended.
      ...["--pdeathsig", "KILL", "/usr/bin/env", "--ignore-signal=INT"],
      ...["/usr/bin/unshare", "--mount", "--pid", "--fork"],
      ...["--kill-child=KILL", ...(callerIsRoot ? [] : ["--user", "--map-root-user"])],
      ...(namespaces.network ? [] : ["--net"]),
      ...["--", "/bin/sh", "-c", setupScript(namespaces), "sandbox"],
      ...["/usr/bin/env", "--default-signal=INT"],
      ...["/usr/bin/unshare", ...become, `--root=${newRoot}`, `--wd=${command.cwd}`, "--"],
      ...["/usr/bin/env", ...special, command.file, ...command.args],
    ],
    cwd: "/",
    env: direct,
    killSignal: "SIGKILL",
  };
}

/** The exit code of a sandbox whose furnishing failed; what failed is on standard error. */
const setupFailed = 125;

/** What the setup makes itself, whatever the root file system has there. */
export const kernelDirectories: readonly string[] = ["/dev", "/proc"];

/**
 * The shell stays as process 1 and the command is its child: process 1 itself would not be ended by
 * SIGTERM or SIGINT unless it handled them.
 */
function setupScript({ newRoot, steps }: Namespaces): string {
  const at = (path: string) => shellQuote(newRoot + path);
  const directories = ["/dev/shm", "/dev/pts", "/proc"];
  for (const step of steps) if (step.make === "directory") directories.push(step.path);
  const furnish = [
    "set -e",
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    `mount -t tmpfs -o mode=755 tmpfs ${at("")}`,
    `mkdir -p ${directories.map(at).join(" ")}`,
    ...steps.flatMap((step) => entryLines(step, at(step.path))),
    ...steps.flatMap((step) => mountLines(step, at(step.path))),
    ...deviceLines(at),
    // A container that hides parts of its own /proc is refused a fresh one.
    `mount -t proc proc ${at("/proc")} 2>/dev/null || mount --rbind /proc ${at("/proc")}`,
    `mount -o remount,bind,ro ${at("")}`,
  ];
  // As the operand of `||` the subshell would go on after a failure, whatever `set -e` says.
  return `umask 022\n(${furnish.join("\n")}\n)\n[ $? = 0 ] || exit ${setupFailed}\n"$@"\nexit $?\n`;
}

function entryLines(step: MountStep, target: string): string[] {
  if (step.make === "file") return [`: >${target}`];
  if (step.make === "link") return [`ln -s ${shellQuote(step.target)} ${target}`];
  return [];
}

function mountLines(step: MountStep, target: string): string[] {
  if (step.make !== "mount") return [];
  const source = shellQuote(step.source);
  if (step.writable) return [`mount --rbind ${source} ${target}`];
  // In a user namespace the first attempt mounts but cannot drop flags such as nosuid, which the
  // second keeps.
  const mount = `mount -o rbind,ro ${source} ${target} 2>/dev/null || mount -o remount,bind,ro ${target}`;
  return [step.optional ? `${mount} 2>/dev/null || :` : mount];
}

function deviceLines(at: (path: string) => string): string[] {
  const devices = ["null", "zero", "full", "random", "urandom", "tty"];
  const links = { fd: "/proc/self/fd", stdin: "fd/0", stdout: "fd/1", stderr: "fd/2" };
  return [
    ...devices.map(
      (name) => `: >${at(`/dev/${name}`)}; mount --bind /dev/${name} ${at(`/dev/${name}`)}`,
    ),
    ...Object.entries(links).map(([name, target]) => `ln -s ${target} ${at(`/dev/${name}`)}`),
    `ln -s pts/ptmx ${at("/dev/ptmx")}`,
    `mount -t tmpfs -o mode=1777 tmpfs ${at("/dev/shm")}`,
    `mount --rbind /dev/pts ${at("/dev/pts")} 2>/dev/null || :`,
  ];
}

/**
 * The setup runs under the command's own environment, so that no value of it is ever an argument
 * that other users could read. Held back until the root has changed are the few variables that
 * would disturb the setup's programs, that a shell changes, or that it does not pass on.
 */
function splitEnvironment(env: Command["env"]): {
  direct: Record<string, string>;
  special: string[];
} {
  const direct: Record<string, string> = {};
  const special = shellVariables.filter((name) => !(name in env)).map((name) => `--unset=${name}`);
  for (const [name, value] of Object.entries(env)) {
    if (isDisturbing(name)) special.push(`${name}=${value}`);
    else direct[name] = value;
  }
  return { direct, special };
}

const shellVariables = ["_", "OLDPWD", "PWD", "SHLVL"];

function isDisturbing(name: string): boolean {
  return (
    shellVariables.includes(name) ||
    /^(LD_.*|GLIBC_TUNABLES|ENV|BASH_ENV|IFS|POSIXLY_CORRECT)$/.test(name) ||
    !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
  );
}
