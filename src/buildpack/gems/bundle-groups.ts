import type { ExecEnv } from "../../settings.ts";

/**
 * The variables that choose which groups of gems are installed: the user's, else the contract's
 * default; where the app is to be tested, the group `test` is in. The running app gets the same, so
 * that it never looks for gems that were left out.
 */
export function bundleGroups(
  env: Readonly<Record<string, string>>,
  execEnv: ExecEnv = "production",
): Record<string, string> {
  const without = execEnv === "test" ? "development" : "development:test";
  const groups: Record<string, string> = { BUNDLE_WITHOUT: without };
  for (const name of ["BUNDLE_WITHOUT", "BUNDLE_WITH", "BUNDLE_ONLY"]) {
    const value = env[name]?.trim();
    // Bundler splits at colons; people also write spaces and commas.
    if (value) groups[name] = value.split(/[\s:,]+/).join(":");
  }
  return groups;
}
