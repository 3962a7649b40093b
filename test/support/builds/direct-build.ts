import { cp } from "node:fs/promises";
import { join } from "node:path";
import { createPrinter } from "../../../src/output/printer.ts";
import { createStyle } from "../../../src/output/style.ts";
import type { BuildOptions } from "../../../src/platform/lifecycle/build-options.ts";
import { systemClock } from "../../../src/system/clock.ts";
import { openDirectSandbox } from "../direct-sandbox.ts";

/** What it takes to build `<root>/app` into `<root>/state` without isolation. */
export function directBuildOptions(
  root: string,
  write: (text: string) => void,
): Omit<BuildOptions, "buildpacks"> {
  return {
    state: join(root, "state"),
    copyApp: async (destination) => await cp(join(root, "app"), destination, { recursive: true }),
    openSandbox: openDirectSandbox,
    target: { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } },
    platformApi: "0.12",
    execEnv: "production",
    env: {},
    bindings: [],
    imageEnv: { PATH: "/usr/bin:/bin", HOME: "/nowhere" },
    clearCache: false,
    printer: createPrinter({ write, style: createStyle(false), clock: systemClock, debug: false }),
    clock: systemClock,
    debug: false,
  };
}
