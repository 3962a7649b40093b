import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readTextIfAny } from "../../system/files.ts";

/** Variables that would disturb the build instead of configuring the app. */
const notForBuilds = new Set([
  ...["PATH", "HOME", "PWD", "GIT_DIR", "CPATH", "CPPATH", "LD_PRELOAD"],
  ...["LD_LIBRARY_PATH", "LIBRARY_PATH", "BASH_ENV", "ENV"],
]);

/**
 * Reads the app's config vars: each file of the directory is a variable. Line ends at the end of a value
 * are dropped, because some platforms write them and some do not. A missing directory has no variables.
 */
export async function readConfigVars(directory: string | undefined): Promise<Map<string, string>> {
  const names = directory === undefined ? [] : await readdir(directory).catch(() => []);
  const vars = new Map<string, string>();
  for (const name of names.sort()) {
    const isName = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !notForBuilds.has(name);
    const text = isName ? await readTextIfAny(join(directory ?? "", name)) : undefined;
    if (text !== undefined) vars.set(name, text.replace(/[\r\n]+$/, ""));
  }
  return vars;
}
