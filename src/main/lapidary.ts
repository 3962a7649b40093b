import { artifactCommand } from "../cli/artifact.ts";
import { buildCommand } from "../cli/build.ts";
import { packageLine } from "../cli/package.ts";
import { type Commands, runProgram } from "../cli/program.ts";
import { runCommand } from "../cli/run.ts";
import { slugRunCommand } from "../cli/slug-run.ts";
import { slugCommand } from "../cli/slug.ts";
import { BuildpackError } from "../failure.ts";
import { printFailure } from "../output/print-failure.ts";
import { packageCommand } from "../package/package-command.ts";
import { exitCodeOf } from "../platform/lifecycle/exit-code.ts";
import { systemClock } from "../system/clock.ts";
import { definedVariables } from "../system/defined-variables.ts";
import { embedArtifactsOf } from "./embed-artifacts-of.ts";
import { ownBuildpack, ownVersion } from "./own-buildpack.ts";
import { printerTo, toStderr, toStdout } from "./streams.ts";

// Serves bin/lapidary: connects the commands to this process.
const stop = new AbortController();

const commands: Commands = {
  build: async (app, flags) => {
    stopOnSignals();
    await buildCommand(app, flags, linuxContext(toStdout, flags.verbose));
    return 0;
  },
  slug: async (source, flags) => {
    stopOnSignals();
    await slugCommand(source, flags, linuxContext(toStdout));
    return 0;
  },
  artifact: async (name, version, flags) => {
    stopOnSignals();
    // Scripts read the setting from standard output, so nothing else goes there.
    const context = linuxContext(toStderr, flags.verbose);
    toStdout(`${await artifactCommand(name, version, flags, context)}\n`);
    return 0;
  },
  // Signals go to the app, and so does standard output.
  run: async (app, command, flags) => await runCommand(app, command, flags, launchContext()),
  slugRun: async (slug, command, flags) =>
    await slugRunCommand(slug, command, flags, launchContext()),
  package: async (flags) => {
    stopOnSignals();
    const env = definedVariables(process.env);
    const embed = embedArtifactsOf(ownBuildpack, env, stop.signal);
    const context = { ...contextFor(toStdout), env, embed, checkout: ownBuildpack };
    await packageCommand(packageLine(flags), context);
    return 0;
  },
};

// The reader of our output may end first, as in `lapidary build . | head`.
process.stdout.on("error", () => stop.abort());

const output = { version: ownVersion(), write: toStdout };
process.exitCode = await runProgram(process.argv.slice(2), commands, output).catch(reportFailure);

function reportFailure(error: unknown): number {
  const errors = printerTo(toStderr);
  if (stop.signal.aborted) {
    errors.error(["Stopped. Earlier results are unchanged."]);
    return 130;
  }
  printFailure(errors, error);
  return error instanceof BuildpackError ? exitCodeOf(error.failure) : 1;
}

function launchContext() {
  const terminal = process.stdout.isTTY ? process.env["TERM"] : undefined;
  return { ...linuxContext(toStderr), terminal };
}

/** @throws BuildpackError `platform/unsupported-system` on any system but Linux. */
function linuxContext(write: (text: string) => void, verbose?: boolean) {
  if (process.platform !== "linux") {
    throw new BuildpackError({ code: "platform/unsupported-system", system: systemName() });
  }
  // The result of a build must not depend on the user's umask.
  process.umask(0o022);
  return contextFor(write, verbose);
}

function contextFor(write: (text: string) => void, verbose?: boolean) {
  return {
    env: process.env,
    cwd: process.cwd(),
    ownBuildpack,
    printer: printerTo(write, verbose),
    clock: systemClock,
    signal: stop.signal,
  };
}

function stopOnSignals(): void {
  // Not `once`: the default action of a second signal would end us before we have cleaned up.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
}

function systemName(): string {
  return { darwin: "macOS", win32: "Windows" }[process.platform as string] ?? process.platform;
}
