import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isAssetManifest } from "../../ruby/asset-directories.ts";

/**
 * The name of the file in `public/assets` that says that the assets there are precompiled. Only
 * before anything is restored does it tell that the app brings them.
 */
export async function findAssetManifest(appDir: string): Promise<string | undefined> {
  const names = await readdir(join(appDir, "public/assets")).catch(() => []);
  return names.sort().find(isAssetManifest);
}
