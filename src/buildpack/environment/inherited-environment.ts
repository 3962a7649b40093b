import { isDecidedByBuildpack } from "../../ruby/bundle-config.ts";

/** Variables that would replace the app's Ruby, Bundler, gems or git repository. */
const harmful = new Set([
  "BUNDLER_VERSION",
  "GEM_HOME",
  "GEM_PATH",
  "GIT_DIR",
  "GIT_WORK_TREE",
  "RUBYGEMS_GEMDEPS",
  "RUBYLIB",
  "RUBYOPT",
]);

// The user may choose groups: these variables decide which gems are installed.
const groupChoices = new Set(["BUNDLE_WITHOUT", "BUNDLE_WITH", "BUNDLE_ONLY"]);

/**
 * What every command of a build inherits: the build's own variables, without the platform's `CNB_*`,
 * which are meant for buildpacks, and without those that `isWithheld` names. The locale is UTF-8 unless
 * the user sets LANG.
 */
export function inheritedEnvironment(
  buildEnv: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const env: Record<string, string> = { LANG: "C.UTF-8", BUNDLE_SILENCE_ROOT_WARNING: "1" };
  for (const [name, value] of Object.entries(buildEnv)) {
    if (value === undefined || name.startsWith("CNB_") || isWithheld(name)) continue;
    env[name] = value;
  }
  return env;
}

/** Whether a variable reaches no command, because it could replace the app's Ruby or its gems. */
export function isWithheld(name: string): boolean {
  return harmful.has(name) || (isDecidedByBuildpack(name) && !groupChoices.has(name));
}

/** Puts directories at the front of PATH. */
export function withPath(
  env: Readonly<Record<string, string>>,
  ...directories: readonly string[]
): Record<string, string> {
  const path = [...directories, env["PATH"]].filter((entry) => entry !== undefined && entry !== "");
  return { ...env, PATH: path.join(":") };
}
