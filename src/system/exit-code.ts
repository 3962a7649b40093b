import { constants } from "node:os";

/** The exit code that a shell reports for a process that a signal has ended: 128 and the signal's number. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** The exit code that a shell reports for a program that does not start, by the error of the system. */
export function exitCodeOfStart(code: string | undefined): number | undefined {
  if (code === "ENOENT") return 127;
  return code === "EACCES" ? 126 : undefined;
}
