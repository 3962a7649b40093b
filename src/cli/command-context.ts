import type { Printer } from "../output/printer.ts";
import type { Clock } from "../system/clock.ts";

/** What every command gets from `src/main`. */
export interface CommandContext {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** The directory of the buildpack that builds unless `--buildpack` names another. */
  ownBuildpack: string;
  printer: Printer;
  clock: Clock;
  signal: AbortSignal;
  /** The user's umask, which applies to the files that the user names. */
  umask: number;
}

/** A command that starts a process of the app also needs to know the user's terminal. */
export interface LaunchContext extends CommandContext {
  /** The value of `TERM`, or undefined if standard output is not a terminal. */
  terminal: string | undefined;
}
