import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildApp } from "../../../src/platform/lifecycle/build-app.ts";
import type { BuildOptions } from "../../../src/platform/lifecycle/build-options.ts";
import type { BuildReport } from "../../../src/platform/report/build-report.ts";
import { directBuildOptions } from "./direct-build.ts";
import { addToTree, makeTree } from "../tree.ts";

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
  let log = "";
  const defaults = directBuildOptions(root, (text) => (log += text));
  return {
    root,
    state: defaults.state,
    current: join(defaults.state, "current"),
    build: async (buildpacks, options = {}) => {
      log = "";
      const report = await buildApp({ ...defaults, buildpacks, ...options });
      return { report, log };
    },
    log: () => log,
  };
}
