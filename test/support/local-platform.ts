import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createPrinter } from "../../src/output/printer.ts";
import { createStyle } from "../../src/output/style.ts";
import { buildApp } from "../../src/platform/build-app.ts";
import type { BuildOptions } from "../../src/platform/build-options.ts";
import type { BuildReport } from "../../src/platform/build-report.ts";
import { systemClock } from "../../src/system/clock.ts";
import { openDirectSandbox } from "./direct-sandbox.ts";
import { addToTree, makeTree } from "./tree.ts";

/** A small platform in a temporary directory: `state` is where it keeps its builds. */
export interface LocalPlatform {
  root: string;
  state: string;
  current: string;
  /** Builds with these buildpacks; resolves to the report and to all that was printed. */
  build(
    buildpacks: readonly string[],
    options?: Partial<BuildOptions>,
  ): Promise<{ report: BuildReport; log: string }>;
  /** What the last build printed, also one that failed. */
  log(): string;
}

export async function makePlatform(
  app: Readonly<Record<string, string>> = { Gemfile: "" },
): Promise<LocalPlatform> {
  const root = await makeTree();
  await mkdir(join(root, "app"));
  await addToTree(join(root, "app"), app);
  const state = join(root, "state");
  let log = "";
  const defaults: Omit<BuildOptions, "buildpacks"> = {
    state,
    copyApp: async (destination) => await cp(join(root, "app"), destination, { recursive: true }),
    openSandbox: openDirectSandbox,
    target: { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } },
    platformApi: "0.12",
    env: {},
    bindings: [],
    imageEnv: { PATH: "/usr/bin:/bin", HOME: "/nowhere" },
    clearCache: false,
    printer: createPrinter({
      write: (text) => (log += text),
      style: createStyle(false),
      clock: systemClock,
      debug: false,
    }),
    clock: systemClock,
    debug: false,
  };
  return {
    root,
    state,
    current: join(state, "current"),
    build: async (buildpacks, options = {}) => {
      log = "";
      const report = await buildApp({ ...defaults, buildpacks, ...options });
      return { report, log };
    },
    log: () => log,
  };
}
