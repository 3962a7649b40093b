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
  /** The user and group that the command runs as, seen from inside. */
  uid: number;
  gid: number;
  callerIsRoot: boolean;
  network: boolean;
}

/**
 * The command that runs `command` in mount, PID, IPC and UTS namespaces of its own (and a user
 * namespace unless the caller is root), with `newRoot` as its root file system, without capabilities
 * and with `no_new_privs` set. The kernel ends everything inside when the command ends, and when our
 * own process ends in whatever way. Needs the util-linux of the host, and `/usr/bin/env` inside.
 *
 * Only where root asks for user 0 do a few capabilities remain: those that root needs to read, write
 * and give away files.
 */
export function inNamespaces(namespaces: Namespaces, command: Command): Command {
  const { direct, special } = splitEnvironment(command.env);
  const { callerIsRoot, network } = namespaces;
  return {
    ...command,
    file: "/usr/bin/setpriv",
    args: [
      // A terminal's SIGINT reaches all of us; unshare would die of it after the command has ended.
      ...["--pdeathsig", "KILL", "/usr/bin/env", "--ignore-signal=INT"],
      ...["/usr/bin/unshare", "--mount", "--pid", "--ipc", "--uts", "--fork"],
      ...["--kill-child=KILL", ...(callerIsRoot ? [] : ["--user", "--map-root-user"])],
      ...(network ? [] : ["--net"]),
      ...["--", "/bin/sh", "-c", setupScript(namespaces), "sandbox"],
      ...["/usr/bin/env", "--default-signal=INT"],
      ...["/usr/bin/setpriv", ...privilegesOf(namespaces)],
      ...["/usr/bin/unshare", ...identityOf(namespaces)],
      // The setup leaves the shell in the new root.
      ...["--root=.", `--wd=${command.cwd}`, "--"],
      ...["/usr/bin/env", ...special, command.file, ...command.args],
    ],
    cwd: "/",
    env: direct,
    killSignal: "SIGKILL",
  };
}

/** What the last program of the host may still do: enter the new root and become the user. */
const toEnter = ["setuid", "setgid", "sys_chroot"];
/** What root of a container has by default, of that which concerns files and its own processes. */
const ofRoot = ["chown", "dac_override", "fowner", "fsetid", "kill"];

function privilegesOf({ callerIsRoot, uid }: Namespaces): string[] {
  // In a user namespace the kernel refuses a change of groups, and what is dropped returns with the next.
  if (!callerIsRoot) return ["--no-new-privs"];
  const kept = uid === 0 ? [...toEnter, ...ofRoot] : toEnter;
  const bounding = ["-all", ...kept.map((name) => `+${name}`)].join(",");
  return ["--no-new-privs", "--clear-groups", `--bounding-set=${bounding}`];
}

function identityOf({ callerIsRoot, uid, gid }: Namespaces): string[] {
  if (!callerIsRoot) return ["--user", `--map-user=${uid}`, `--map-group=${gid}`];
  // Root of a container may be refused even the change to what it is already.
  return uid === 0 && gid === 0 ? [] : [`--setuid=${uid}`, `--setgid=${gid}`];
}

/** The exit code of a sandbox whose furnishing failed; what failed is on standard error. */
const setupFailed = 125;

const systemPath = "/usr/sbin:/usr/bin:/sbin:/bin";

/** What the setup makes itself, whatever the root file system has there. */
export const kernelDirectories: readonly string[] = ["/dev", "/proc"];

/**
 * The shell stays as process 1 and the command is its child: process 1 itself would not be ended by
 * SIGTERM or SIGINT unless it handled them.
 */
function setupScript(namespaces: Namespaces): string {
  const { newRoot, steps } = namespaces;
  const staysRoot = namespaces.callerIsRoot && namespaces.uid === 0;
  const at = (path: string) => shellQuote(newRoot + path);
  const directories = ["/dev/shm", "/dev/pts", "/proc"];
  for (const step of steps) if (step.make === "directory") directories.push(step.path);
  const furnish = [
    "set -e",
    `PATH=${systemPath}`,
    `mount -t tmpfs -o mode=755 tmpfs ${at("")}`,
    `mkdir -p ${directories.map(at).join(" ")}`,
    ...steps.flatMap((step) => entryLines(step, at(step.path))),
    ...steps.flatMap((step) => mountLines(step, at(step.path))),
    ...readOnlyLines(steps, at),
    ...deviceLines(at),
    // A container that hides parts of its own /proc is refused a fresh one.
    `mount -t proc proc ${at("/proc")} 2>/dev/null || mount --rbind /proc ${at("/proc")}`,
    ...(staysRoot ? kernelSettings.flatMap((path) => readOnlyBind(at(path))) : []),
    `mount -o remount,bind,ro ${at("")}`,
  ];
  // Covers the host's files, so that root finds no way back by `chroot`. Nobody else may call it, and
  // in a root that is only changed to, the kernel also refuses them user namespaces.
  const cover = staysRoot ? `PATH=${systemPath} mount --move . / || exit ${setupFailed}` : ":";
  // As the operand of `||` the subshell would go on after a failure, whatever `set -e` says.
  return `umask 022
(${furnish.join("\n")}
)
[ $? = 0 ] || exit ${setupFailed}
cd ${at("")} || exit ${setupFailed}
${cover}
"$@"
exit $?
`;
}

/** What the user root may change in `/proc` even without capabilities. */
const kernelSettings = ["/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus"];

function readOnlyBind(target: string): string[] {
  // Some kernels lack some of them.
  return [
    `if [ -e ${target} ]; then mount --bind ${target} ${target}; mount -o remount,bind,ro ${target}; fi`,
  ];
}

/**
 * Makes every mount read-only that does not belong to a writable place: a recursive bind also brings
 * the mounts below its source, each of which has flags of its own.
 */
function readOnlyLines(steps: readonly MountStep[], at: (path: string) => string): string[] {
  const mounts = steps.filter((step) => step.make === "mount");
  // The longest path first: of two that fit, the deeper one decides.
  const sorted = mounts.toSorted((a, b) => b.path.length - a.path.length);
  const remount = 'mount -o remount,bind,ro "$point"';
  const cases = sorted.map(
    ({ path, writable }) => `${at(path)}|${at(path)}/*) ${writable ? ":" : remount};;`,
  );
  return [
    "while read -r _ _ _ _ point _; do",
    // The kernel writes blanks and backslashes as octal numbers.
    String.raw`case $point in *\\*) point=$(printf %b "$point");; esac`,
    `case $point in`,
    ...cases,
    "esac",
    "done </proc/self/mountinfo",
  ];
}

function entryLines(step: MountStep, target: string): string[] {
  if (step.make === "file") return [`: >${target}`];
  if (step.make === "link") return [`ln -s ${shellQuote(step.target)} ${target}`];
  return [];
}

function mountLines(step: MountStep, target: string): string[] {
  if (step.make !== "mount") return [];
  const mount = `mount --rbind ${shellQuote(step.source)} ${target}`;
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
