import { type PhaseProcess, requiredPath } from "./phase-input.ts";
import { type Platform, readPlatform } from "./platform.ts";

/** What detect is told, as far as a detection that leaves target and descriptor to build asks for it. */
export interface DetectInput {
  /** To be read only: other buildpacks detect in it at the same time. */
  appDir: string;
  platform: Platform;
  /** An empty file that the platform has made. */
  buildPlanPath: string;
}

/**
 * Reads what the platform hands to detect.
 *
 * @throws BuildpackError `cnb/input-missing` or `cnb/file-invalid`.
 */
export async function readDetectInput(given: PhaseProcess): Promise<DetectInput> {
  const platformDir = requiredPath(given, "detect", "CNB_PLATFORM_DIR", 0);
  const buildPlanPath = requiredPath(given, "detect", "CNB_BUILD_PLAN_PATH", 1);
  return { appDir: given.cwd, platform: await readPlatform(platformDir), buildPlanPath };
}
