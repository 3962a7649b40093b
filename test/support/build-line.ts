import { fileURLToPath } from "node:url";
import { createPrinter } from "../../src/output/printer.ts";
import { createStyle } from "../../src/output/style.ts";
import { buildCommand } from "../../src/cli/build.ts";
import { type BuildFlags, describeBuild } from "../../src/cli/build-options.ts";
import { systemClock } from "../../src/system/clock.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** Runs `lapidary build` in this process with these arguments, in the directory `cwd`. */
export async function buildByLine(cwd: string, ...args: readonly string[]): Promise<void> {
  await buildByLineIn({ cwd }, ...args);
}

/** The same with more variables in its environment. Resolves to what was printed. */
export async function buildByLineIn(
  place: { cwd: string; env?: Readonly<Record<string, string>> },
  ...args: readonly string[]
): Promise<string> {
  let log = "";
  const context = contextIn(place, (text) => (log += text));
  const build = async (app: string, flags: BuildFlags) => {
    await buildCommand(app, flags, context);
  };
  await describeBuild()
    .action(build)
    .parseAsync([...args], { from: "user" });
  return log;
}

function contextIn(
  { cwd, env = {} }: { cwd: string; env?: Readonly<Record<string, string>> },
  write: (text: string) => void,
) {
  return {
    env: { HOME: cwd, PATH: "/usr/bin:/bin", ...env },
    cwd,
    ownBuildpack: checkout,
    printer: createPrinter({
      write,
      style: createStyle(false),
      clock: systemClock,
      debug: false,
    }),
    clock: systemClock,
    umask: 0o022,
    signal: new AbortController().signal,
  };
}
