import { artifactCommand } from "../cli/artifact.ts";
import { buildCommand } from "../cli/build.ts";
import { doctorCommand } from "../cli/doctor.ts";
import { inspectCommand } from "../cli/inspect.ts";
import { packageLine } from "../cli/package.ts";
import { type Commands, runProgram } from "../cli/program.ts";
import { rebaseCommand } from "../cli/rebase.ts";
import { runCommand } from "../cli/run.ts";
import { slugRunCommand } from "../cli/slug-run.ts";
import { slugCommand } from "../cli/slug.ts";
import { diagnose } from "../buildpack/doctor/doctor.ts";
import { BuildpackError } from "../failure.ts";
import { printFailure } from "../output/print-failure.ts";
import { quietly } from "../output/quiet-output.ts";
import { packageCommand } from "../package/package-command.ts";
import { exitCodeOf } from "../platform/lifecycle/exit-code.ts";
import { systemClock } from "../system/clock.ts";
import { exitCodeOfSignal } from "../system/exit-code.ts";
import { definedVariables } from "../system/environment/defined-variables.ts";
import { systemFailure } from "../system/system-failure.ts";
import { embedArtifactsOf } from "./embed-artifacts-of.ts";
import { ownBuildpack, ownVersion } from "./own-buildpack.ts";
import { printerTo, toStderr, toStdout } from "./streams.ts";

// Serves bin/lapidary: connects the commands to this process.
const stop = new AbortController();
let endedBy: NodeJS.Signals | undefined;

const commands: Commands = {
  build: async (app, flags) => {
    stopOnSignals();
    await printed(flags, async (write) => {
      await buildCommand(app, flags, linuxContext(write, flags.verbose));
    });
    return 0;
  },
  doctor: async (app, flags) => {
    const { clock, signal, ...context } = contextFor(toStdout);
    const from = { buildpackDir: ownBuildpack, clock, signal };
    return await doctorCommand(app, flags, {
      ...context,
      diagnose: async (input) => await diagnose({ ...input, ...from }),
      write: (text) => void process.stdout.write(text),
    });
  },
  rebase: async (image, flags) => {
    stopOnSignals();
    await rebaseCommand(image, flags, contextFor(toStdout));
    return 0;
  },
  inspect: async (image, flags) => {
    stopOnSignals();
    toStdout((await inspectCommand(image, flags, contextFor(toStdout))) ?? "");
    return 0;
  },
  slug: async (source, flags) => {
    stopOnSignals();
    await printed(flags, async (write) => await slugCommand(source, flags, linuxContext(write)));
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

// The reader of our output may end first, as in `lapidary build . | head`, or its disk may be full.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") endedBy = "SIGPIPE";
  else printFailure(printerTo(toStderr), error);
  process.exitCode = endedBy ? exitCodeOfSignal(endedBy) : 1;
  stop.abort();
});

const output = { version: ownVersion(), write: toStdout };
const code = await runProgram(process.argv.slice(2), commands, output).catch(reportFailure);
process.exitCode ??= code;

function reportFailure(error: unknown): number {
  const errors = printerTo(toStderr);
  if (stop.signal.aborted) {
    errors.error(["Stopped. Earlier results are unchanged."]);
    return endedBy ? exitCodeOfSignal(endedBy) : 1;
  }
  printFailure(errors, error);
  const known = error instanceof BuildpackError ? error : systemFailure(error);
  return known ? exitCodeOf(known) : 1;
}

/** Runs a command that prints a log, which `--quiet` holds back. */
async function printed(
  { quiet }: { quiet?: true },
  work: (write: (text: string) => void) => Promise<void>,
): Promise<void> {
  await (quiet ? quietly(toStdout, work) : work(toStdout));
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
  const umask = process.umask(0o022);
  return { ...contextFor(write, verbose), umask };
}

function contextFor(write: (text: string) => void, verbose?: boolean) {
  return {
    env: process.env,
    cwd: process.cwd(),
    ownBuildpack,
    printer: printerTo(write, verbose),
    clock: systemClock,
    signal: stop.signal,
    umask: process.umask(),
  };
}

function stopOnSignals(): void {
  // Not `once`: the default action of a second signal would end us before we have cleaned up.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      endedBy ??= signal;
      stop.abort();
    });
  }
}

function systemName(): string {
  return { darwin: "macOS", win32: "Windows" }[process.platform as string] ?? process.platform;
}
