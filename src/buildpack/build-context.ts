import type { BuildInput } from "../cnb/build-input.ts";
import type { ReportedGem } from "../output/build-facts.ts";
import type { Printer } from "../output/printer.ts";
import type { Settings } from "../settings.ts";
import type { Clock } from "../system/clock.ts";
import type { RunCommand } from "../system/command.ts";
import type { Fetcher } from "../system/http/fetcher.ts";

/** Everything that a build needs from outside. A build reads nothing from its process itself. */
export interface BuildContext {
  input: BuildInput;
  settings: Settings;
  /** The environment of the build's process. */
  env: Readonly<Record<string, string | undefined>>;
  printer: Printer;
  run: RunCommand;
  fetcher: Fetcher;
  clock: Clock;
  /** Aborts downloads and commands when the build is told to stop. */
  signal: AbortSignal;
  /** Takes the gems that are installed at the end, for a report. */
  onGems?: (gems: readonly ReportedGem[]) => void;
}
