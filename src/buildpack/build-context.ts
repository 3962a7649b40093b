import type { BuildInput } from "../cnb/build-input.ts";
import type { Printer } from "../output/printer.ts";
import type { Settings } from "../settings.ts";
import type { Clock } from "../system/clock.ts";
import type { RunCommand } from "../system/command.ts";
import type { Fetcher } from "../system/http.ts";

/** Everything that a build is given; nothing in it is read from the process. */
export interface BuildContext {
  input: BuildInput;
  settings: Settings;
  /** The environment in which the platform started the build. */
  env: Readonly<Record<string, string | undefined>>;
  printer: Printer;
  run: RunCommand;
  fetcher: Fetcher;
  clock: Clock;
  /** Ends downloads and commands when the build is told to stop. */
  signal: AbortSignal;
}
