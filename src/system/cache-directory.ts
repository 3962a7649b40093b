import { homedir } from "node:os";
import { join } from "node:path";

/** The directory for files that take long to make or download. All checkouts share it. */
export function cacheDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const home = env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache");
  return env["LAPIDARY_CACHE"] || join(home, "lapidary");
}
