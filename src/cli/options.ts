import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { isExecEnvName } from "../cnb/exec-env.ts";
import { unprivileged } from "../platform/sandbox/sandbox.ts";
import { isWorkspaceName } from "../platform/sandbox/workspace.ts";

/** Takes one value. Refuses `--state --verbose`, where the value was forgotten. */
export function oneValue(value: string): string {
  if (value.startsWith("-")) throw new InvalidArgumentError("It begins with a dash.");
  return value;
}

/** Collects the values of an option that may be given several times, in the order given. */
export function eachValue(value: string, previous: readonly string[]): string[] {
  return [...previous, oneValue(value)];
}

/** Takes a user or group id. */
export function numericId(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError("It must be a number.");
}

/** Takes the name of an execution environment. */
export function execEnvName(value: string): string {
  if (isExecEnvName(oneValue(value))) return value;
  throw new InvalidArgumentError("It may contain only letters, digits, `.` and `-`.");
}

/** Takes the name of the app's directory in the image, and resolves it to its path. */
export function workspaceName(value: string): string {
  if (isWorkspaceName(oneValue(value))) return `/${value}`;
  throw new InvalidArgumentError(
    "It must be a name of letters, digits, `.`, `_` and `-`, and not the name of a system directory.",
  );
}

/** `--env`, described as setting `what`. */
export function envOption(what: string) {
  const text = `set ${what}; NAME alone copies it from your shell; repeatable`;
  return new Option("--env <NAME=VALUE>", text).argParser(eachValue).default<string[]>([]);
}

/** `--env-file`, described as setting `what`. */
export function envFileOption(what: string) {
  const text = `set ${what} from a file with one NAME=VALUE per line; repeatable`;
  return new Option("--env-file <FILE>", text).argParser(eachValue).default<string[]>([]);
}

/** `--insecure-registry`, of commands that read or write images. */
export function insecureRegistryOption() {
  const text = "use plain HTTP for this registry if it does not support HTTPS; repeatable";
  return new Option("--insecure-registry <HOST>", text).argParser(eachValue).default<string[]>([]);
}

/** `--arch`, of commands that read an image. */
export function archOption() {
  return new Option(
    "--arch <ARCH>",
    "the architecture to take from an index: amd64 or arm64",
  ).argParser(oneValue);
}

/** `--quiet`, of commands that print a log. */
export function quietOption() {
  return new Option("-q, --quiet", "print only warnings, or the whole log if the command fails");
}

/** Where the app's processes run; shared by `run` and `slug run`. */
export const launchOptions = {
  root: () =>
    new Option("--run-root <DIR>", "root file system to run in")
      .argParser(oneValue)
      .default("/", "this machine's"),
  uid: () =>
    new Option("--run-uid <N>", "user id to run as").argParser(numericId).default(unprivileged.uid),
  gid: () =>
    new Option("--gid <N>", "group id to run as").argParser(numericId).default(unprivileged.gid),
};
