import { availableParallelism } from "node:os";
import type { InstallContext } from "../artifacts/install-artifact.ts";
import { readMirrors } from "../artifacts/mirrors.ts";
import type { Section } from "../output/printer.ts";
import type { BuildContext } from "./build-context.ts";
import { buildEnvironment } from "./environment/environment.ts";

/**
 * What downloading and installing an artifact needs, in a section of the log.
 *
 * @throws BuildpackError `artifact/mirror-invalid`.
 */
export function installContext(context: BuildContext, section: Section): InstallContext {
  const { input, run, fetcher, signal } = context;
  return {
    section,
    run,
    fetcher,
    signal,
    env: buildEnvironment(context).tools,
    mirrors: readMirrors(input.platform.env, input.platform.bindings),
    cpus: availableParallelism(),
  };
}
