import type { Command, CommandResult } from "../../system/command.ts";
import type { PlatformFiles } from "./platform-files.ts";

/**
 * The environment in which buildpacks and processes run. They see the directories of the specification:
 * `/workspace`, `/layers`, `/platform`, `/cnb/buildpacks/<id>/<version>`.
 */
export interface Sandbox {
  /** The paths of the directories inside. `home` is empty, private and writable. */
  readonly inside: SandboxPaths & { buildpacks: string; home: string };
  /** The paths of the same directories on this machine. */
  readonly host: HostPaths;
  /**
   * The user of commands, as seen from inside. It owns the files of an image. `inNamespaces` in src/system, or
   * `asUser` without namespaces, takes all other rights away.
   */
  readonly ids: Ids;
  /** The owner of their files on this machine; undefined if that is our own user. */
  readonly owner: Ids | undefined;
  /**
   * Gives the commands that run from now on these files in the platform directory. They may be secrets: in
   * namespaces they only exist in the memory of these commands, otherwise on a file system in memory if the
   * machine has one. Requires that the sandbox was opened without `host.platform`.
   */
  fillPlatform(files: PlatformFiles): Promise<void>;
  /**
   * Runs a command inside and waits for it. `cwd`, `file` and all paths in `args` and `env` are paths
   * inside; `env` is passed exactly. In namespaces, processes that it leaves behind are ended.
   */
  run(command: Command): Promise<CommandResult>;
  /**
   * Runs a command inside with our own standard input and output, and passes on SIGINT and SIGTERM.
   * Resolves to its exit code, 128 + n if signal n ended it.
   */
  attach(command: Command): Promise<number>;
  /** A description for the log: how isolated commands are, and as which user they run. */
  describe(): string;
  /** Removes the files of the sandbox itself. */
  close(): Promise<void>;
}

/** The ids of a user and a group. */
export interface Ids {
  uid: number;
  gid: number;
}

/** The default user of builds and apps, as in the usual builder images. */
export const unprivileged: Ids = { uid: 1000, gid: 1000 };

export interface SandboxPaths {
  app: string;
  layers: string;
  platform: string;
}

/** Without `platform`, the sandbox has a platform directory of its own, which is empty. */
export type HostPaths = Omit<SandboxPaths, "platform"> & { platform?: string };

/** A directory or file of this machine that is visible inside at another path. */
export interface Bind {
  host: string;
  inside: string;
  writable: boolean;
  /** The option that asks for it. */
  option: string;
}

export interface SandboxOptions {
  /** The root file system: `/`, or a directory that contains one. It is read-only inside. */
  root: string;
  host: HostPaths;
  /** The path of each buildpack inside, below `/cnb/buildpacks`, and on this machine. */
  buildpacks: readonly { inside: string; host: string }[];
  binds: readonly Bind[];
  /** Files and directories of this machine that are visible inside at the same path, read-only. */
  shown?: readonly string[];
  /**
   * Other paths inside than those of the specification. Only namespaces support them. A directory that is
   * inside the app on this machine must be inside the app here too.
   */
  inside?: Partial<SandboxPaths>;
  /** The path of the app inside, in place of `/workspace`. Without namespaces, opening fails. */
  workspace?: string | undefined;
  /**
   * The user of commands, as seen from inside. Without namespaces, only root can run them as another user.
   * The owners of the directories do not change.
   */
  uid: number;
  gid: number;
  /**
   * The part of this machine that is visible if `root` is `/`: its programs and settings, as in a builder
   * image, or everything. The default is `programs`.
   */
  view?: "programs" | "everything";
  /**
   * A private directory of ours that contains `host` and `scratch`. Without namespaces, the user is allowed
   * to pass through the directories in it.
   */
  ownTree?: string;
  /**
   * `none` disconnects commands from every network, and fails without namespaces. The default is `host`, the
   * network of this machine.
   */
  network?: "host" | "none" | "none where possible";
  /** The directory for `/tmp` and HOME, emptied now and removed at the end. The default is a new one. */
  scratch?: string;
  signal?: AbortSignal;
}

/** The options with defaults filled in and directories made. */
export interface PreparedSandbox extends SandboxOptions {
  callerIsRoot: boolean;
  scratch: string;
}
