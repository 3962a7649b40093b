import { isDecidedByBuildpack } from "../../ruby/bundle-config.ts";

/** Variables that make a Ruby, a Bundler or a git other than the app's answer. */
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

// What the user chooses about groups decides which gems are installed, so it is let through.
const groupChoices = new Set(["BUNDLE_WITHOUT", "BUNDLE_WITH", "BUNDLE_ONLY"]);

/** The environment of the commands that a build runs, and what was kept from it. */
export interface ChildEnvironment {
  env: Record<string, string>;
  /** The user's variables that would have misled the commands, by name. */
  withheld: string[];
}

/**
 * Derives the environment of child processes from the build's own: without the platform's
 * `CNB_*`, which are for us, and without variables that would put another Ruby or other gems in the
 * place of the app's.
 */
export function childEnvironment(
  buildEnv: Readonly<Record<string, string | undefined>>,
): ChildEnvironment {
  const env: Record<string, string> = { LANG: "C.UTF-8", BUNDLE_SILENCE_ROOT_WARNING: "1" };
  const withheld: string[] = [];
  for (const [name, value] of Object.entries(buildEnv)) {
    if (value === undefined || name.startsWith("CNB_")) continue;
    if (isMisleading(name)) withheld.push(name);
    else env[name] = value;
  }
  return { env, withheld: withheld.sort() };
}

/** Puts directories before what PATH holds already. */
export function withPath(
  env: Readonly<Record<string, string>>,
  ...directories: readonly string[]
): Record<string, string> {
  const path = [...directories, env["PATH"]].filter((entry) => entry !== undefined && entry !== "");
  return { ...env, PATH: path.join(":") };
}

function isMisleading(name: string): boolean {
  return harmful.has(name) || (isDecidedByBuildpack(name) && !groupChoices.has(name));
}
