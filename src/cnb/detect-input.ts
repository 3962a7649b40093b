import { type PhaseProcess, requiredPath } from "./phase-input.ts";
import { type Platform, readPlatform } from "./platform.ts";

/** The input of the detect phase, without the target and the descriptor, which detection does not need. */
export interface DetectInput {
  /** Only for reading: other buildpacks read it at the same time. */
  appDir: string;
  platform: Platform;
  /** An empty file of the platform. */
  buildPlanPath: string;
}

/**
 * Reads what the platform passes to the detect phase.
 *
 * @throws BuildpackError `cnb/input-missing` or `cnb/file-invalid`.
 */
export async function readDetectInput(given: PhaseProcess): Promise<DetectInput> {
  const platformDir = requiredPath(given, "detect", "CNB_PLATFORM_DIR", 0);
  const buildPlanPath = requiredPath(given, "detect", "CNB_BUILD_PLAN_PATH", 1);
  return { appDir: given.cwd, platform: await readPlatform(platformDir), buildPlanPath };
}
