import type { BuildContext } from "../build-context.ts";
import type { Installed } from "../installed.ts";
import type { Project } from "../project/project.ts";
import { provideSecretKeyBase } from "./secret-key-base-layer.ts";
import { setVariables } from "./variables-layer.ts";

/** Writes the layers that hold the running app's environment, and prints what is in them. */
export async function setEnvironment(
  context: BuildContext,
  { credentials }: Project,
  { bundleGroups, places, ruby }: Installed,
): Promise<void> {
  const { layersDir, platform } = context.input;
  const execEnv = context.settings.BP_EXEC_ENV;
  const jruby = ruby.engine === "jruby";
  await context.printer.section("Environment", async (section) => {
    await setVariables({ layersDir, places, bundleGroups, execEnv, jruby, section });
    await provideSecretKeyBase({ layersDir, userEnv: platform.env, credentials, section });
  });
}
