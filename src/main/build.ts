import { build } from "../buildpack/build.ts";
import { readBuildInput } from "../cnb/build-input.ts";
import { certificatesIn } from "../artifacts/certificates.ts";
import { buildExitCode } from "../cnb/exit-code.ts";
import { BuildpackError } from "../failure.ts";
import { printFailure } from "../output/print-failure.ts";
import { readSettings } from "../settings.ts";
import { systemClock } from "../system/clock.ts";
import { runCommand } from "../system/command.ts";
import { createFetcher } from "../system/http.ts";
import { definedVariables } from "../system/defined-variables.ts";
import { phasePrinter } from "./phase-printer.ts";

const printer = phasePrinter();

const stop = new AbortController();
// A listener that stays: without one, what ends child processes would end this one before it cleans up.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

process.exitCode = await run().catch((error: unknown) => {
  if (stop.signal.aborted) printer.error(["Stopped: the build was told to end."]);
  else printFailure(printer, error);
  return buildExitCode.failure;
});

async function run(): Promise<number> {
  // What the image is made of must not depend on the umask of whoever builds it.
  process.umask(0o022);
  const input = await readBuildInput({
    env: process.env,
    cwd: process.cwd(),
    args: process.argv.slice(2),
  });
  const read = readSettings(input.platform.env);
  if ("invalid" in read) throw new BuildpackError({ code: "settings/invalid", ...read.invalid });
  const fetcher = createFetcher({
    env: definedVariables(process.env),
    certificates: certificatesIn(input.platform.bindings),
  });
  await build({
    input,
    settings: read.settings,
    env: withNodeOptions(process.env),
    printer,
    fetcher,
    run: (command) => runCommand({ signal: stop.signal, ...command }),
    clock: systemClock,
    signal: stop.signal,
  });
  await fetcher.close();
  return buildExitCode.success;
}

/** The shim keeps from us what is set for the app's Node; the build's commands get it back. */
function withNodeOptions({ LAPIDARY_NODE_OPTIONS, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, NODE_OPTIONS: LAPIDARY_NODE_OPTIONS };
}
