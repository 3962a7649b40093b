import { join } from "node:path";
import type { BuildImage } from "../failure.ts";
import { readTextIfAny } from "../system/files.ts";

/**
 * Whose image this build runs in. A buildpack does not see the labels of its image: only the stack that
 * the platform takes from them, variables that the image sets, and os-release.
 *
 * @param root the directory that contains `etc/os-release`.
 */
export async function readBuildImage(
  env: Readonly<Record<string, string | undefined>>,
  root = "/",
): Promise<BuildImage> {
  const stack = env["CNB_STACK_ID"] ?? "";
  const release = (await readTextIfAny(join(root, "etc/os-release"))) ?? "";
  const stacks = [stack, env["STACK"] ?? ""];
  if (stacks.some((name) => name.startsWith("heroku-"))) return "heroku";
  if (/^io\.(buildpacks|paketo)\.stacks\./.test(stack) || /paketo/i.test(release)) return "paketo";
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) ? "debian" : "other";
}
