import type { Command, CommandResult } from "../../system/command.ts";

/**
 * A place in which buildpacks and processes run and see the directories of the specification:
 * `/workspace`, `/layers`, `/platform`, `/cnb/buildpacks/<id>/<version>`.
 */
export interface Sandbox {
  /** Where the directories stand for a command inside. `home` is empty, private and writable. */
  readonly inside: SandboxPaths & { buildpacks: string; home: string };
  /** Where the same directories stand for us. */
  readonly host: SandboxPaths;
  /** Whom commands run as, seen from inside; files of an image belong to them. */
  readonly ids: Ids;
  /** Whom their files belong to on the host; absent where that is our own user. */
  readonly owner: Ids | undefined;
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

/** The numbers of a user and a group. */
export interface Ids {
  uid: number;
  gid: number;
}

/** Whom builds and apps run as unless the user says otherwise, as in the usual builder images. */
export const unprivileged: Ids = { uid: 1000, gid: 1000 };

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
  /** Files and directories of the host that are seen inside at the same path, for reading. */
  shown?: readonly string[];
  /**
   * Where the directories are to stand inside, where that is not as the specification has it. Only
   * namespaces can do it. A directory that lies in the app on the host has to lie in it inside.
   */
  inside?: Partial<SandboxPaths>;
  /**
   * Whom commands run as, seen from inside. Where the machine grants no namespaces, only root can run
   * them as others than itself. The directories stay whose they are.
   */
  uid: number;
  gid: number;
  /**
   * What is seen of this machine where `root` is `/`: its programs and settings, as in a builder image,
   * or all of it. The default is `programs`.
   */
  view?: "programs" | "everything";
  /**
   * A directory of ours alone, in which `host` and `scratch` lie. Where the machine grants no namespaces,
   * directories on the way there are opened to the user for passing through.
   */
  ownTree?: string;
  /**
   * `none` cuts commands off from every network, and without namespaces fails; the default is the host's
   * network.
   */
  network?: "host" | "none" | "none where possible";
  /** Holds `/tmp` and HOME. Made empty now, removed at the end; the default is a new one. */
  scratch?: string;
  signal?: AbortSignal;
}

/** The options with every default filled in and every directory made. */
export interface PreparedSandbox extends SandboxOptions {
  callerIsRoot: boolean;
  scratch: string;
}
