import type { Command } from "./command.ts";
import { hideEnvironment } from "./environment/hidden-environment.ts";
import { shellQuote } from "./shell-quote.ts";

/** One step that fills an empty directory as a root file system. `path` is a path inside it. */
export type MountStep =
  | { make: "directory"; path: string }
  | { make: "file"; path: string }
  | { make: "link"; path: string; target: string }
  | {
      make: "mount";
      source: string;
      path: string;
      writable: boolean;
      /** Whether it may be missing on this machine. */
      optional: boolean;
      /** Whether its mount point is in a directory that commands can change: no link may lead to it. */
      exposed?: boolean;
    };

export interface Namespaces {
  /** An empty directory on the host. What is mounted on it is seen by the command alone. */
  newRoot: string;
  steps: readonly MountStep[];
  /**
   * A path inside that gets a file system in memory. If the command has an `input`, that is a tar archive,
   * which is unpacked there, with the owners that it names, and the command itself reads nothing.
   */
  unpackAt?: string;
  /** The user and group that the command runs as, seen from inside. */
  uid: number;
  gid: number;
  callerIsRoot: boolean;
  network: boolean;
}

/**
 * The command that runs `command` in its own mount, PID, IPC and UTS namespaces (and a user namespace
 * unless the caller is root), with `newRoot` as its root file system, without capabilities and with
 * `no_new_privs` set. The kernel ends all processes inside when the command ends, or when our own process
 * ends for any reason. It needs util-linux on this machine, and `/bin/sh` and `/usr/bin/env` inside.
 *
 * The variables of the command are hidden from everything but the command: the setup has the rights of the caller.
 *
 * If root asks for user 0, a few capabilities remain: those that root needs to read, write and give away
 * files.
 */
export function inNamespaces(namespaces: Namespaces, command: Command): Command {
  const { hidden, restore } = hideEnvironment(command);
  const { callerIsRoot, network } = namespaces;
  // The setup leaves the shell in the new root.
  const enter = [
    ...["/usr/bin/env", "--default-signal=INT"],
    ...["/usr/bin/setpriv", ...privilegesOf(namespaces)],
    ...["/usr/bin/unshare", ...identityOf(namespaces), "--root=.", `--wd=${command.cwd}`, "--"],
    ...["/bin/sh", "-c", restore, "sandbox"],
  ];
  const start = enter.map(shellQuote).join(" ");
  return {
    ...command,
    file: "/usr/bin/setpriv",
    args: [
      // SIGINT from a terminal reaches all processes; without this it would end unshare too.
      ...["--pdeathsig", "KILL", "/usr/bin/env", "--ignore-signal=INT"],
      ...["/usr/bin/unshare", "--mount", "--pid", "--ipc", "--uts", "--fork"],
      ...["--kill-child=KILL", ...(callerIsRoot ? [] : ["--user", "--map-root-user"])],
      ...(network ? [] : ["--net"]),
      ...["--", "/bin/sh", "-c", setupScript(namespaces, command, start), "sandbox"],
      ...[command.file, ...command.args],
    ],
    cwd: "/",
    env: hidden,
    variables: command.env,
    killSignal: "SIGKILL",
  };
}

/** The capabilities of the last program outside: to enter the new root and become the user. */
const toEnter = ["setuid", "setgid", "sys_chroot"];
/** The default capabilities of root in a container that concern files and its own processes. */
const ofRoot = ["chown", "dac_override", "fowner", "fsetid", "kill"];

function privilegesOf({ callerIsRoot, uid }: Namespaces): string[] {
  // Without root, the kernel refuses to change groups, and capabilities end with the change of user.
  if (!callerIsRoot) return ["--no-new-privs"];
  const kept = uid === 0 ? [...toEnter, ...ofRoot] : toEnter;
  const bounding = ["-all", ...kept.map((name) => `+${name}`)].join(",");
  return ["--no-new-privs", "--clear-groups", `--bounding-set=${bounding}`];
}

function identityOf({ callerIsRoot, uid, gid }: Namespaces): string[] {
  if (!callerIsRoot) return ["--user", `--map-user=${uid}`, `--map-group=${gid}`];
  // In a container, root may not even be allowed to change to its own ids.
  return uid === 0 && gid === 0 ? [] : [`--setuid=${uid}`, `--setgid=${gid}`];
}

/** The exit code if the setup of a sandbox failed. The reason is on standard error. */
const setupFailed = 125;

const systemPath = "/usr/sbin:/usr/bin:/sbin:/bin";

/** The directories that the setup makes itself, instead of those of the root file system. */
export const kernelDirectories: readonly string[] = ["/dev", "/proc"];

/**
 * The shell stays as process 1, and the command is its child: SIGTERM and SIGINT end process 1 only if it
 * handles them.
 */
function setupScript(namespaces: Namespaces, { input }: Command, start: string): string {
  const { newRoot, steps, unpackAt } = namespaces;
  const staysRoot = namespaces.callerIsRoot && namespaces.uid === 0;
  const at = (path: string) => shellQuote(newRoot + path);
  const directories = ["/dev/shm", "/dev/pts", "/proc"];
  if (unpackAt !== undefined) directories.push(unpackAt);
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
    ...(unpackAt === undefined ? [] : unpackLines(namespaces, at(unpackAt), input !== undefined)),
    // A container that hides parts of its own /proc may not mount a new one.
    `mount -t proc proc ${at("/proc")} 2>/dev/null || mount --rbind /proc ${at("/proc")}`,
    ...(staysRoot ? kernelSettings.flatMap((path) => readOnlyBind(at(path))) : []),
    `mount -o remount,bind,ro ${at("")}`,
  ];
  // Mounts the new root over the files of this machine, so that root cannot reach them by a second
  // `chroot`. Other users cannot call `chroot`, so that they do not need it.
  const cover = staysRoot ? `PATH=${systemPath} mount --move . / || exit ${setupFailed}` : ":";
  // The exit code is tested on a line of its own: a shell ignores `set -e` on the left side of `||`.
  return `umask 022
(${furnish.join("\n")}
)
[ $? = 0 ] || exit ${setupFailed}
cd ${at("")} || exit ${setupFailed}
${cover}
${start} "$@"${input === undefined ? "" : " </dev/null"}
exit $?
`;
}

function unpackLines(
  { callerIsRoot, uid, gid }: Namespaces,
  at: string,
  filled: boolean,
): string[] {
  const owner = callerIsRoot ? `,uid=${uid},gid=${gid}` : "";
  return [
    `mount -t tmpfs -o mode=700${owner} tmpfs ${at}`,
    ...(filled ? [`tar -x -p -f - -C ${at}`] : []),
  ];
}

/** The files in `/proc` that user 0 may write to even without capabilities. */
const kernelSettings = ["/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus"];

function readOnlyBind(target: string): string[] {
  // Not every kernel has all of them.
  return [
    `if [ -e ${target} ]; then mount --bind ${target} ${target}; mount -o remount,bind,ro ${target}; fi`,
  ];
}

/**
 * Makes every mount read-only that does not belong to a writable path: a recursive bind also includes the
 * mounts below its source, and each of them has its own flags.
 */
function readOnlyLines(steps: readonly MountStep[], at: (path: string) => string): string[] {
  const mounts = steps.filter((step) => step.make === "mount");
  // The longest path first: if two match, the deeper one decides.
  const sorted = mounts.toSorted((a, b) => b.path.length - a.path.length);
  const remount = 'mount -o remount,bind,ro "$point"';
  const cases = sorted.map(
    ({ path, writable }) => `${at(path)}|${at(path)}/*) ${writable ? ":" : remount};;`,
  );
  return [
    "while read -r _ _ _ _ point _; do",
    // The kernel writes spaces and backslashes as octal numbers.
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
  const source = shellQuote(step.source);
  if (step.exposed) return exposedMountLines(source, target, step.path);
  const mount = `mount --rbind ${source} ${target}`;
  return [step.optional ? `${mount} 2>/dev/null || :` : mount];
}

/**
 * An earlier command may have put a link in the place of the mount point, or of a directory above it. Entered first,
 * then compared, a directory cannot be exchanged any more; `-c` keeps `mount` from looking its path up again.
 */
function exposedMountLines(source: string, target: string, path: string): string[] {
  const refused = shellQuote(`the mount point ${path} is not a plain file or directory any more`);
  const refuse = `{ echo ${refused} >&2; exit 1; }`;
  return [
    `if [ -d ${target} ]; then place=${target} name=.; else place=${target} name=\${place##*/} place=\${place%/*}; fi`,
    `cd -P "$place" || ${refuse}`,
    `[ "$PWD" = "$place" ] && [ ! -L "$name" ] || ${refuse}`,
    `mount -c --rbind ${source} "$name"`,
    "cd /",
  ];
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
