import type { BuildPlan } from "../cnb/build-plan.ts";
import { findApp, planFor } from "./project/project.ts";

export type Detection = { pass: true; plan: BuildPlan } | { pass: false; because: string };

/**
 * Decides whether this buildpack builds an app, and what it needs from other buildpacks (contract:
 * Detect). Never throws because of the app's contents: what is wrong with them is the reason to say no.
 *
 * @param userEnv the user's environment for the build. Invalid settings are ignored here: the build
 * rejects them.
 */
export async function detect(
  appDir: string,
  userEnv: Readonly<Record<string, string>> = {},
): Promise<Detection> {
  const app = await findApp(appDir, userEnv);
  if (app.state === "none") return { pass: false, because: app.because };
  const nodeAtLaunch = await keepsPackages(userEnv);
  return { pass: true, plan: planFor({ ...app.needs, nodeAtLaunch }) };
}

/** Whether the user wants the app's JavaScript packages in the image. */
async function keepsPackages(userEnv: Readonly<Record<string, string>>): Promise<boolean> {
  if (!userEnv["BP_NODE_MODULES"]) return false;
  // Loaded only when needed: loading the parser of settings takes longer than all of detection.
  const { readSettings } = await import("../settings.ts");
  const read = readSettings(userEnv);
  return "settings" in read && ["prune", "keep"].includes(read.settings.BP_NODE_MODULES ?? "");
}
