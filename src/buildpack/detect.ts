import type { BuildPlan } from "../cnb/build-plan.ts";
import { findApp } from "./project/find-app.ts";
import { planFor } from "./project/plan-build.ts";

export type Detection = { pass: true; plan: BuildPlan } | { pass: false; because: string };

/**
 * Decides whether an app is for this buildpack and what it needs of others (contract: Detect).
 * Whatever stands in the app, this answers: odd input is a reason, not an error.
 *
 * @param userEnv the user's environment for the build; a setting that is not understood is left for
 * the build to refuse.
 */
export async function detect(
  appDir: string,
  userEnv: Readonly<Record<string, string>> = {},
): Promise<Detection> {
  const app = await findApp(appDir, userEnv);
  if (app.state === "none") return { pass: false, because: app.because };
  return {
    pass: true,
    plan: planFor({ ...app.needs, nodeAtLaunch: await wantsPackages(userEnv) }),
  };
}

async function wantsPackages(userEnv: Readonly<Record<string, string>>): Promise<boolean> {
  if (!userEnv["BP_NODE_MODULES"]) return false;
  // Loaded by those who set one: what parses settings takes longer to load than detection takes.
  const { readSettings } = await import("../settings.ts");
  const read = readSettings(userEnv);
  return "settings" in read && ["prune", "keep"].includes(read.settings.BP_NODE_MODULES ?? "");
}
