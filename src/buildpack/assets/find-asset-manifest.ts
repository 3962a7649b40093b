import { join } from "node:path";
import { isAssetManifest } from "../../ruby/asset-directories.ts";
import { listNames } from "../../system/listing/list-directory.ts";

/**
 * The name of the manifest in `public/assets`, which exists if assets are precompiled. Before anything is
 * restored, this means that the app contains precompiled assets.
 */
export async function findAssetManifest(appDir: string): Promise<string | undefined> {
  const names = await listNames(join(appDir, "public/assets")).catch(() => []);
  return names.find(isAssetManifest);
}
