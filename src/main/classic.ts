import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BuildpackError } from "../failure.ts";
import { printFailure } from "../output/print-failure.ts";
import { compile } from "../classic/adapter/compile.ts";
import { readReleaseText, testApp } from "../classic/adapter/test-app.ts";
import { openSandbox } from "../platform/sandbox/open-sandbox.ts";
import { definedVariables } from "../system/environment/defined-variables.ts";
import { phasePrinter } from "./phase-printer.ts";

// Serves bin/compile, bin/release, bin/test-compile and bin/test; each passes its own name first.
const [program = "", ...args] = process.argv.slice(2);

// The platform reads the standard output of bin/release.
const printer = phasePrinter(program === "release" ? process.stderr : process.stdout);

const stop = new AbortController();
// Not `once`: the default action of a second signal would end us before we have cleaned up.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => stop.abort());

process.exitCode = await run().catch((error: unknown) => {
  if (stop.signal.aborted) printer.error(["Stopped. The cache directory is unchanged."]);
  else printFailure(printer, error);
  return 1;
});

async function run(): Promise<number> {
  switch (program) {
    case "release":
      process.stdout.write(await readReleaseText(argument(0, "BUILD_DIR")));
      return 0;
    case "test":
      return await testApp({
        buildDir: argument(0, "BUILD_DIR [ENV_DIR]"),
        envDir: args[1],
        signal: stop.signal,
      });
    default:
      await runCompile();
      return 0;
  }
}

async function runCompile(): Promise<void> {
  const takes = "BUILD_DIR CACHE_DIR [ENV_DIR]";
  // The slug must not depend on the user's umask.
  process.umask(0o022);
  await compile({
    buildDir: argument(0, takes),
    cacheDir: argument(1, takes),
    envDir: args[2] === undefined ? undefined : resolve(args[2]),
    mode: program === "test-compile" ? "test" : "production",
    buildpack: dirname(dirname(fileURLToPath(import.meta.url))),
    env: definedVariables(process.env),
    openSandbox,
    nodeProgram: process.execPath,
    printer,
    signal: stop.signal,
  });
}

function argument(position: number, takes: string): string {
  const value = args[position];
  if (value) return resolve(value);
  throw new BuildpackError({
    code: "classic/arguments-missing",
    program: `bin/${program}`,
    takes,
  });
}
