import { type BuildpackDescriptor, readBuildpackDescriptor } from "./buildpack-descriptor.ts";
import { type BuildpackPlan, readBuildpackPlan } from "./buildpack-plan.ts";
import { buildpackApi, type PhaseProcess, requiredPath } from "./phase-input.ts";
import { type Platform, readPlatform } from "./platform.ts";
import { readStore, type StoreMetadata } from "./store.ts";
import { readTarget, type Target } from "./target.ts";

/** The input of the build phase. */
export interface BuildInput {
  appDir: string;
  layersDir: string;
  buildpackDir: string;
  descriptor: BuildpackDescriptor;
  platform: Platform;
  target: Target;
  plan: BuildpackPlan;
  store: StoreMetadata;
}

/**
 * Reads what the platform passes to the build phase.
 *
 * @throws BuildpackError `cnb/input-missing`, `cnb/file-invalid` or
 * `cnb/buildpack-api-unsupported`.
 */
export async function readBuildInput(given: PhaseProcess): Promise<BuildInput> {
  const layersDir = requiredPath(given, "build", "CNB_LAYERS_DIR", 0);
  const platformDir = requiredPath(given, "build", "CNB_PLATFORM_DIR", 1);
  const planPath = requiredPath(given, "build", "CNB_BP_PLAN_PATH", 2);
  const buildpackDir = requiredPath(given, "build", "CNB_BUILDPACK_DIR");
  return {
    appDir: given.cwd,
    layersDir,
    buildpackDir,
    descriptor: await readBuildpackDescriptor(buildpackDir, [buildpackApi]),
    platform: await readPlatform(platformDir),
    target: await readTarget(given.env),
    plan: await readBuildpackPlan(planPath),
    store: await readStore(layersDir),
  };
}
