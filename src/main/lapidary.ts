import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { embedArtifacts } from "../artifacts/embed-artifacts.ts";
import { wantedArtifacts } from "../buildpack/interpreter/wanted-artifacts.ts";
import { readBuildpackDescriptor } from "../cnb/buildpack-descriptor.ts";
import { BuildpackError } from "../failure.ts";
import { createPrinter } from "../output/printer.ts";
import { printFailure } from "../output/print-failure.ts";
import { createStyle } from "../output/style.ts";
import { usageText } from "../cli/usage.ts";
import { packageCommand } from "../package/package-command.ts";
import { parsePackageLine } from "../package/package-options.ts";
import { buildCommand } from "../cli/build.ts";
import { slugCommand, slugRunCommand } from "../cli/slug.ts";
import { parseCommandLine } from "../cli/command-line.ts";
import { exitCodeOf } from "../platform/lifecycle/exit-code.ts";
import { runCommandLine } from "../cli/run.ts";
import { systemClock } from "../system/clock.ts";
import { createFetcher } from "../system/http.ts";
import { artifactCommand } from "../cli/artifact.ts";
import { definedVariables } from "../system/defined-variables.ts";

const colour = process.stdout.isTTY && !process.env["NO_COLOR"];
const style = createStyle(colour);
const debug = process.argv.includes("--verbose");
// Buildpacks colour what they print whoever reads it, since platforms tell them nothing of that.
const shown = (text: string) => (colour ? text : stripVTControlCharacters(text));
const toStdout = (text: string) => void process.stdout.write(shown(text));
const toStderr = (text: string) => void process.stderr.write(shown(text));
const printer = createPrinter({ write: toStdout, style, clock: systemClock, debug });
// What the app prints is the output of `run`; what we have to say stands beside it.
const errors = createPrinter({ write: toStderr, style, clock: systemClock, debug });

const stop = new AbortController();

process.exitCode = await main().catch((error: unknown) => {
  if (stop.signal.aborted) {
    errors.error(["Stopped. What there was before is as it was."]);
    return 130;
  }
  printFailure(errors, error);
  return error instanceof BuildpackError ? exitCodeOf(error.failure) : 1;
});

async function main(): Promise<number> {
  const ownBuildpack = findBuildpack(dirname(fileURLToPath(import.meta.url)));
  if (process.argv[2] === "package") return await makePackages(ownBuildpack);
  const line = parseCommandLine(process.argv.slice(2));
  if (line.command === "help") printer.plain(usageText(line.topic).trimEnd());
  if (line.command === "version") printer.plain(versionOf(ownBuildpack));
  if (line.command === "help" || line.command === "version") return 0;
  if (process.platform !== "linux") {
    throw new BuildpackError({ code: "platform/unsupported-system", system: systemName() });
  }
  // What a build leaves must not depend on the umask of whoever builds.
  process.umask(0o022);
  const context = {
    env: process.env,
    cwd: process.cwd(),
    ownBuildpack,
    clock: systemClock,
    signal: stop.signal,
  };
  const terminal = process.stdout.isTTY ? process.env["TERM"] : undefined;
  const running = { ...context, terminal, printer: errors };
  if (line.command === "run") return await runCommandLine(line, running);
  if (line.command === "slug run") return await slugRunCommand(line, running);
  abortWhenToldToEnd();
  if (line.command === "artifact") {
    // The line that scripts take has standard output for itself.
    const inventory = await artifactCommand(line, { ...context, printer: errors });
    toStdout(`${inventory}\n`);
    return 0;
  }
  if (line.command === "build") await buildCommand(line, { ...context, printer });
  else await slugCommand(line, { ...context, printer });
  return 0;
}

async function makePackages(checkout: string): Promise<number> {
  const line = parsePackageLine(process.argv.slice(3));
  if (line.help) {
    printer.plain(usageText("package").trimEnd());
    return 0;
  }
  abortWhenToldToEnd();
  const env = definedVariables(process.env);
  const { signal } = stop;
  const fetcher = createFetcher({ env });
  await packageCommand(line, {
    ...{ env, cwd: process.cwd(), checkout, printer, signal },
    embed: async (request) => {
      const wanted = await wantedArtifacts(request.app, await readBuildpackDescriptor(checkout));
      await embedArtifacts({ ...request, wanted, buildpackDir: checkout, env, fetcher, signal });
    },
  });
  await fetcher.close();
  return 0;
}

function abortWhenToldToEnd(): void {
  // Not `once`: without a listener, whoever else listens would end us before the work has cleaned up.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
  // Whoever read our log has gone, as `| head` goes.
  process.stdout.on("error", () => stop.abort());
}

/** The buildpack that this program is a part of: a checkout or an unpacked package. */
function findBuildpack(directory: string): string {
  if (existsSync(join(directory, "buildpack.toml"))) return directory;
  return findBuildpack(dirname(directory));
}

function versionOf(buildpack: string): string {
  const text = readFileSync(join(buildpack, "package.json"), "utf8");
  return `lapidary ${(JSON.parse(text) as { version: string }).version}`;
}

function systemName(): string {
  return { darwin: "macOS", win32: "Windows" }[process.platform as string] ?? process.platform;
}
