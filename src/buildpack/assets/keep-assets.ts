import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openLayer } from "../../cnb/layers/layer.ts";
import { type AssetDirectories, isUpToDateMarker } from "../../ruby/asset-directories.ts";
import { makeEmptyDirectory, removeTree } from "../../system/files.ts";
import {
  copyMissingFiles,
  isDirectoryWithin,
  listFiles,
  newestBelow,
} from "../../system/listing/file-listing.ts";
import { setPresentTimes } from "../../system/tree.ts";
import { type AssetSources, readSources } from "./asset-sources.ts";
import { type AssetsOptions, count, layerOf, parseTimes } from "./assets-layer.ts";
import { recordForReuse } from "./reuse-assets.ts";

/** The oldest fragments are removed until the rest is smaller than this. */
const fragmentLimit = 100 * 1024 * 1024;

/**
 * Precompiles assets, starting from those of the last build, and keeps the result for the next build. Never
 * overwrites files of the app. Moves fragments out of the app.
 *
 * @throws what `precompile` throws. Nothing is kept then.
 */
export async function keepAssets(
  options: AssetsOptions,
  precompile: () => Promise<void>,
): Promise<void> {
  const { layersDir, appDir, metadata, directories, section } = options;
  const layer = await openLayer({ ...layerOf(options), layersDir, name: "assets" });
  if (layer.state.state === "empty") section.layer("assets", layer.state.because);
  else if (!options.reuse) section.layer("assets", ["assets are precompiled in every build"]);
  const brought = await listFiles(appDir, directories.served);
  const earlier = await readSources(join(layer.path, "sources.json"));
  if (layer.state.state === "restored") await restore(layer.path, options, earlier);
  else section.say(`Starting from scratch, because ${layer.state.because.join("; ")}`);
  await precompile();
  // Before anything else reads files of the app.
  const read = await options.reuse?.filesRead(options.reuse.before.keys());
  const own = new Set(brought.map(({ path }) => path));
  const served = await save(layer.path, options, own);
  const recorded = { served, earlier, read };
  const inputs = await recordForReuse(layer.path, options, recorded);
  await layer.commit({ metadata: { ...metadata, ...inputs } });
}

/** Removes the directories that only a precompilation reads from the app. */
export async function removeFragments(
  appDir: string,
  { fragments }: AssetDirectories,
): Promise<void> {
  for (const path of fragments) {
    if (await isDirectoryWithin(appDir, path)) await removeTree(join(appDir, path));
  }
}

// Platforms give all files of an app the same time in every build. Sprockets does not read a file that is
// as old as its fragment, so the app's files get the present time. With BP_RAILS_ASSETS_REUSE, fragments are restored only
// if a run without them has been recorded: with fragments, rake reads fewer files than the assets depend on.
async function restore(
  layerDir: string,
  options: AssetsOptions,
  earlier: AssetSources | undefined,
): Promise<void> {
  const { appDir, reuse, section } = options;
  const directories =
    reuse && !earlier ? { ...options.directories, fragments: [] } : options.directories;
  await setPresentTimes(appDir);
  const times = parseTimes(await readFile(join(layerDir, "times.json"), "utf8")) ?? {};
  const kept = await listFiles(join(layerDir, "files"), allOf(directories));
  const paths = kept.map(({ path }) => path);
  const copied = await copyMissingFiles(
    join(layerDir, "files"),
    appDir,
    paths,
    (path) => times[path],
  );
  section.say(`Restored ${count(copied.length)} of the last build`);
}

/**
 * Resolves to the files that rake made for browsers. The app's own are not kept: they must disappear when the app
 * removes them.
 */
async function save(
  layerDir: string,
  options: AssetsOptions,
  own: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const { appDir, directories, section } = options;
  const made = await listFiles(appDir, directories.served);
  const served = made.filter(({ path }) => !own.has(path) && !isUpToDateMarker(path));
  const fragments = await listFiles(appDir, directories.fragments);
  const recent = newestBelow(fragments, fragmentLimit);
  const kept = [...served, ...recent.filter(({ path }) => !isUpToDateMarker(path))];
  await makeEmptyDirectory(join(layerDir, "files"));
  const paths = kept.map(({ path }) => path);
  await copyMissingFiles(appDir, join(layerDir, "files"), paths);
  const times = Object.fromEntries(kept.map(({ path, modified }) => [path, modified]));
  await writeFile(join(layerDir, "times.json"), JSON.stringify(times));
  await removeFragments(appDir, directories);
  section.say(`Kept ${count(kept.length)} for the next build`);
  const outdated = fragments.length - recent.length;
  if (outdated > 0) {
    section.detail(
      `Removed the ${count(outdated)} that were least recently used: the asset cache is limited to 100 MiB`,
    );
  }
  return new Set(served.map(({ path }) => path));
}

function allOf({ served, fragments }: AssetDirectories): string[] {
  return [...served, ...fragments];
}
