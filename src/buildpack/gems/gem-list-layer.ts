// The layer `gems-files`: a list of what `bundle install` left, by which the next build notices that cached gems
// are incomplete. Cache only.

import { join } from "node:path";
import glob from "fast-glob";
import { keepListLayer, readListLayer } from "../../cnb/layers/list-layer.ts";
import { lstatIfAny } from "../../system/files.ts";

const layerName = "gems-files";

/**
 * Why the gems of the last build are incomplete; `undefined` if they are not, or if the last build left no list.
 * Only the presence of each gem's directories, specification and executables is checked.
 */
export async function missingFromGems(
  layersDir: string,
  gemsDir: string,
): Promise<string | undefined> {
  for (const path of await readListLayer(layersDir, layerName)) {
    const stats = await lstatIfAny(join(gemsDir, path));
    if (stats === undefined) return `\`${path}\` of the last build is missing`;
    if (stats.isFile() && stats.size === 0) return `\`${path}\` of the last build is empty`;
  }
  return undefined;
}

/** Keeps the list of the gems that are installed. */
export async function keepGemList(layersDir: string, gemsDir: string): Promise<void> {
  const found = await glob(
    ["bin/*", "bundler/gems/*", "extensions/*/*/*", "gems/*", "specifications/*.gemspec"],
    { cwd: gemsDir, dot: true, onlyFiles: false, followSymbolicLinks: false },
  );
  const paths = found.filter((path) => !path.includes("\n")).sort();
  await keepListLayer(layersDir, layerName, paths);
}
