import type { BuildPlan } from "../cnb/build-plan.ts";
import { findApp } from "./steps/find-app.ts";
import { planFor } from "./steps/plan-build.ts";

export type Detection = { pass: true; plan: BuildPlan } | { pass: false; because: string };

/**
 * Decides whether an app is for this buildpack and what it needs of others (contract: Detect).
 * Whatever stands in the app, this answers: odd input is a reason, not an error.
 */
export async function detect(
  appDir: string,
  userEnv: Readonly<Record<string, string>> = {},
): Promise<Detection> {
  const app = await findApp(appDir, userEnv);
  if (app.state === "none") return { pass: false, because: app.because };
  return { pass: true, plan: planFor(app.needs) };
}
