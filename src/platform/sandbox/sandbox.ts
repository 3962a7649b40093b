import { chmod, chown, mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import type { Command, CommandResult } from "../../system/command.ts";
import { isDirectory } from "../../system/files.ts";
import { discardTree } from "../../system/tree.ts";
import { openNamespacedSandbox } from "./sandbox-in-namespaces.ts";
import { openPlainSandbox } from "./sandbox-in-place.ts";

/**
 * A place in which buildpacks and processes run and see the directories of the specification:
 * `/workspace`, `/layers`, `/platform`, `/cnb/buildpacks/<id>/<version>`.
 */
export interface Sandbox {
  /** Where the directories stand for a command inside. `home` is empty, private and writable. */
  readonly inside: SandboxPaths & { buildpacks: string; home: string };
  /** Where the same directories stand for us. */
  readonly host: SandboxPaths;
  /** Whom commands really run as, which is not what was asked for where that needs root. */
  readonly ids: { uid: number; gid: number };
  /**
   * Runs a command inside to its end. `cwd`, `file` and all paths in `args` and `env` are inside
   * paths; `env` is passed exactly. In namespaces, whatever it left running ends with it.
   */
  run(command: Command): Promise<CommandResult>;
  /**
   * Runs a command inside on our own standard input and output, and passes on SIGINT and SIGTERM.
   * Resolves to its exit code, 128 + n where signal n ended it.
   */
  attach(command: Command): Promise<number>;
  /** For the log, one line each: how isolated this is, and what was asked for but cannot be had. */
  describe(): string;
  /** Removes what the sandbox itself made. */
  close(): Promise<void>;
}

export interface SandboxPaths {
  app: string;
  layers: string;
  platform: string;
}

/** A directory or file of the host that is seen inside at another path. */
export interface Bind {
  host: string;
  inside: string;
  writable: boolean;
}

export interface SandboxOptions {
  /** The root file system: `/`, or a directory that holds one. Its own files are read-only inside. */
  root: string;
  host: SandboxPaths;
  /** Where each buildpack is to be found inside, below `/cnb/buildpacks`, and where it stands on the host. */
  buildpacks: readonly { inside: string; host: string }[];
  binds: readonly Bind[];
  /**
   * Where the directories are to stand inside, where that is not as the specification has it. Only
   * namespaces can do it. A directory that lies in the app on the host has to lie in it inside.
   */
  inside?: Partial<SandboxPaths>;
  /** Whom commands run as. Ids other than the caller's need root. The directories stay whose they are. */
  uid: number;
  gid: number;
  /** `false` cuts commands off from every network; the default is the host's network. */
  network?: boolean;
  /** Holds `/tmp` and HOME. Made empty now, removed at the end; the default is a new one. */
  scratch?: string;
  signal?: AbortSignal;
}

/**
 * Opens the most isolated place that this machine allows: namespaces of its own where the kernel
 * grants them, else the host's own paths.
 *
 * @throws BuildpackError `platform/root-unusable` where a root other than `/` cannot be entered.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (!(await isDirectory(options.root))) {
    throw rootUnusable(options.root, "there is no such directory");
  }
  const prepared = await prepare(options);
  try {
    const attempt = await openNamespacedSandbox(prepared);
    if (attempt.state === "open") return attempt.sandbox;
    if (prepared.root !== "/") throw rootUnusable(options.root, attempt.problem);
    return await openPlainSandbox(prepared, attempt.problem);
  } catch (error) {
    await discardTree(prepared.scratch);
    throw error;
  }
}

/** The options with every default filled in and every directory made. */
export interface PreparedSandbox extends SandboxOptions {
  callerIsRoot: boolean;
  scratch: string;
  ids: { uid: number; gid: number };
}

async function prepare(options: SandboxOptions): Promise<PreparedSandbox> {
  const caller = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const callerIsRoot = caller.uid === 0;
  const ids = callerIsRoot ? { uid: options.uid, gid: options.gid } : caller;
  const scratch = await makeScratch(options.scratch);
  for (const name of ["root", "tmp", "home"]) await mkdir(join(scratch, name));
  await chmod(join(scratch, "tmp"), 0o1777);
  if (callerIsRoot) await chown(join(scratch, "home"), ids.uid, ids.gid);
  return { ...options, root: await realpath(options.root), scratch, callerIsRoot, ids };
}

async function makeScratch(path: string | undefined): Promise<string> {
  if (path === undefined) return await realpath(await mkdtemp(join(tmpdir(), "lapidary-")));
  await discardTree(path);
  await mkdir(path, { recursive: true });
  return await realpath(path);
}

function rootUnusable(root: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/root-unusable", root, problem });
}
