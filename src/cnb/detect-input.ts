import { type BuildpackDescriptor, readBuildpackDescriptor } from "./buildpack-descriptor.ts";
import { buildpackApi, type PhaseProcess, requiredPath } from "./phase-input.ts";
import { type Platform, readPlatform } from "./platform.ts";
import { readTarget, type Target } from "./target.ts";

/** All that detect is told. */
export interface DetectInput {
  /** To be read only: other buildpacks detect in it at the same time. */
  appDir: string;
  buildpackDir: string;
  descriptor: BuildpackDescriptor;
  platform: Platform;
  target: Target;
  /** An empty file that the platform has made. */
  buildPlanPath: string;
}

/**
 * Reads what the platform hands to detect.
 *
 * @throws BuildpackError `cnb/input-missing`, `cnb/file-invalid` or
 * `cnb/buildpack-api-unsupported`.
 */
export async function readDetectInput(given: PhaseProcess): Promise<DetectInput> {
  const platformDir = requiredPath(given, "detect", "CNB_PLATFORM_DIR", 0);
  const buildPlanPath = requiredPath(given, "detect", "CNB_BUILD_PLAN_PATH", 1);
  const buildpackDir = requiredPath(given, "detect", "CNB_BUILDPACK_DIR");
  return {
    appDir: given.cwd,
    buildpackDir,
    descriptor: await readBuildpackDescriptor(buildpackDir, [buildpackApi]),
    platform: await readPlatform(platformDir),
    target: await readTarget(given.env),
    buildPlanPath,
  };
}
