import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { isFile, lstatIfAny } from "../system/files.ts";
import { systemBundles } from "./certificates.ts";

/**
 * Makes a portable Ruby trust the certificates of the system, as any other Ruby does, instead of a list of its own from the
 * day on which it was compiled. If the system has none, the list stays.
 */
export async function tidyPortable(
  directory: string,
  bundles: readonly string[] = systemBundles,
): Promise<void> {
  const own = join(directory, "libexec/cert.pem");
  if (!(await lstatIfAny(own))?.isFile()) return;
  for (const bundle of bundles) {
    if (!(await isFile(bundle))) continue;
    await rm(own);
    await symlink(bundle, own);
    return;
  }
}
