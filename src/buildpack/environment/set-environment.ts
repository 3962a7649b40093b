import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import type { BuildContext } from "../build-context.ts";
import type { Installed } from "../installed.ts";
import type { Project } from "../project/project.ts";
import { provideSecretKeyBase } from "./secret-key-base-layer.ts";
import { breaksKeepAlive, setVariables } from "./variables-layer.ts";

/** Writes the layers that hold the running app's environment, and prints what is in them. */
export async function setEnvironment(
  context: BuildContext,
  { credentials, locked }: Pick<Project, "credentials" | "locked">,
  { bundleGroups, places, ruby }: Installed,
): Promise<void> {
  const { layersDir, platform } = context.input;
  const execEnv = context.settings.BP_EXEC_ENV;
  const puma = findGem(locked, "puma")?.version;
  const jruby = ruby.engine === "jruby";
  await context.printer.section("Environment", async (section) => {
    await setVariables({
      layersDir,
      places,
      bundleGroups,
      execEnv,
      jruby,
      puma,
      sourceVersion: platform.env["SOURCE_VERSION"]?.trim(),
      section,
    });
    if (breaksKeepAlive(puma) && platform.env["PUMA_PERSISTENT_TIMEOUT"]) {
      section.warn(
        `With PUMA_PERSISTENT_TIMEOUT, puma ${puma} does not keep connections alive. Run \`bundle update puma\`, or remove the variable.`,
      );
    }
    const cached = ruby.kept;
    await provideSecretKeyBase({ layersDir, userEnv: platform.env, credentials, cached, section });
  });
}
