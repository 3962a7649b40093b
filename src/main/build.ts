import { writeFile } from "node:fs/promises";
import { build } from "../buildpack/build.ts";
import { readBuildInput } from "../cnb/build-input.ts";
import { certificatesIn } from "../artifacts/certificates.ts";
import { buildExitCode } from "../cnb/exit-code.ts";
import { BuildpackError } from "../failure.ts";
import { type BuildFacts, factsVariable, type ReportedGem } from "../output/build-facts.ts";
import { printFailure } from "../output/print-failure.ts";
import { recordPrinter } from "../output/record-printer.ts";
import { readSettings } from "../settings.ts";
import { systemClock } from "../system/clock.ts";
import { runCommand } from "../system/command.ts";
import { createFetcher } from "../system/http/fetcher.ts";
import { definedVariables } from "../system/environment/defined-variables.ts";
import { phasePrinter } from "./phase-printer.ts";

const recorded = recordPrinter(phasePrinter(), systemClock);
const { printer } = recorded;

const stop = new AbortController();
// Not `once`: the default action of a second signal would end us before we have cleaned up.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => stop.abort());

process.exitCode = await run().catch((error: unknown) => {
  if (stop.signal.aborted) printer.error(["Stopped by a signal."]);
  else printFailure(printer, error);
  return buildExitCode.failure;
});

async function run(): Promise<number> {
  // The image must not depend on the user's umask.
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
  const gems: ReportedGem[] = [];
  const { [factsVariable]: factsFile, ...env } = process.env;
  await build({
    input,
    settings: read.settings,
    env: withNodeOptions(env),
    printer,
    fetcher,
    run: (command) => runCommand({ signal: stop.signal, ...command }),
    clock: systemClock,
    signal: stop.signal,
    ...(factsFile === undefined ? {} : { onGems: (found) => gems.push(...found) }),
  });
  await fetcher.close();
  if (factsFile !== undefined) await writeFacts(factsFile, { ...recorded.facts(), gems });
  return buildExitCode.success;
}

/** A report is no reason for a build to fail. */
async function writeFacts(path: string, facts: BuildFacts): Promise<void> {
  await writeFile(path, JSON.stringify(facts)).catch((error: unknown) => {
    printer.plain(`Warning: the report of this build was not written: ${(error as Error).message}`);
  });
}

/** `bin/build` hides the app's `NODE_OPTIONS` from our own Node; the build's commands get it back. */
function withNodeOptions({ LAPIDARY_NODE_OPTIONS, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, NODE_OPTIONS: LAPIDARY_NODE_OPTIONS };
}
