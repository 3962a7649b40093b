import { fileURLToPath } from "node:url";
import { createPrinter } from "../../src/output/printer.ts";
import { createStyle } from "../../src/output/style.ts";
import { buildCommand } from "../../src/cli/build.ts";
import { type BuildFlags, describeBuild } from "../../src/cli/build-options.ts";
import { systemClock } from "../../src/system/clock.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** Runs `lapidary build` in this process with these arguments, in the directory `cwd`. */
export async function buildByLine(cwd: string, ...args: readonly string[]): Promise<void> {
  const build = async (app: string, flags: BuildFlags) => {
    await buildCommand(app, flags, contextIn(cwd));
  };
  await describeBuild()
    .action(build)
    .parseAsync([...args], { from: "user" });
}

function contextIn(cwd: string) {
  return {
    env: { HOME: cwd, PATH: "/usr/bin:/bin" },
    cwd,
    ownBuildpack: checkout,
    printer: createPrinter({
      write: () => {},
      style: createStyle(false),
      clock: systemClock,
      debug: false,
    }),
    clock: systemClock,
    umask: 0o022,
    signal: new AbortController().signal,
  };
}
