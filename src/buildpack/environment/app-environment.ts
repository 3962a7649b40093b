import { applyEnvModifications } from "../../cnb/env-modification.ts";
import { parseBundleConfig } from "../../ruby/bundle-config.ts";
import { contractVariables } from "./variables-layer.ts";
import type { BuildContext } from "../build-context.ts";
import { childEnvironment } from "./child-environment.ts";
import type { Installed } from "../install-ruby-and-gems.ts";
import type { Project } from "../project/read-project.ts";

/** What the running app gets, without a secret of its own; the user's values go before ours. */
export function appEnvironment(
  context: BuildContext,
  project: Project,
  installed: Installed,
): Record<string, string> {
  const { applied } = parseBundleConfig(project.bundleConfig ?? "");
  const { env } = childEnvironment(context.env);
  const user = { ...applied, ...env, ...installed.bundleGroups };
  const { places, bundleGroups } = installed;
  const execEnv = context.settings.BP_EXEC_ENV;
  return applyEnvModifications(user, contractVariables({ places, bundleGroups, execEnv }), "build");
}
