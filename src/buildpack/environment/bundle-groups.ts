import type { ExecEnv } from "../../settings.ts";

/**
 * The variables that choose which groups of gems are installed: the user's, or the contract's default.
 * An image that runs the app's tests includes the group `test`. The running app gets the same variables,
 * so it never looks for gems that were not installed.
 */
export function bundleGroups(
  env: Readonly<Record<string, string>>,
  execEnv: ExecEnv = "production",
): Record<string, string> {
  const without = execEnv === "test" ? "development" : "development:test";
  const groups: Record<string, string> = { BUNDLE_WITHOUT: without };
  for (const name of ["BUNDLE_WITHOUT", "BUNDLE_WITH", "BUNDLE_ONLY"]) {
    const value = env[name]?.trim();
    // Bundler expects colons. Users also write spaces and commas.
    if (value) groups[name] = value.split(/[\s:,]+/).join(":");
  }
  return groups;
}
