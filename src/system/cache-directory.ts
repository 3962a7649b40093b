import { homedir } from "node:os";
import { join } from "node:path";

/** Where what takes long to make or fetch is kept: outside the checkout, shared by all checkouts. */
export function cacheDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const home = env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache");
  return env["LAPIDARY_CACHE"] || join(home, "lapidary");
}
