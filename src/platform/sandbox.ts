import type { Command, CommandResult } from "../system/command.ts";

/**
 * A place in which buildpacks and processes run and see the directories of the specification:
 * `/workspace`, `/layers`, `/platform`, `/cnb/buildpacks/<id>/<version>`.
 */
export interface Sandbox {
  /** Where the directories stand for a command inside. */
  readonly inside: { app: string; layers: string; platform: string; buildpacks: string };
  /** Where the same directories stand for us. */
  readonly host: { app: string; layers: string; platform: string };
  /**
   * Runs a command inside to its end. `cwd`, `file` and all paths in `args` and `env` are inside
   * paths; `env` is passed exactly. Whatever the command left running dies with it.
   */
  run(command: Command): Promise<CommandResult>;
  /**
   * Runs a command inside on our own standard input and output, and passes on SIGINT and SIGTERM.
   * Resolves to its exit code, 128 + n where signal n ended it.
   */
  attach(command: Command): Promise<number>;
  /** One line for the log: how isolated this is, and why it is not more so. */
  describe(): string;
  /** Ends whatever still runs inside and removes what the sandbox itself made. */
  close(): Promise<void>;
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
  host: { app: string; layers: string; platform: string };
  /** Where each buildpack is to be found inside, and where it stands on the host. */
  buildpacks: readonly { inside: string; host: string }[];
  binds: readonly Bind[];
  /** Whom commands run as. Ids other than the caller's need root. */
  uid: number;
  gid: number;
  /** `false` cuts commands off from every network; the default is the host's network. */
  network?: boolean;
  signal?: AbortSignal;
}
