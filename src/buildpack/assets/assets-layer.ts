// The layer `assets`: what speeds up the next precompilation.
//
// Cache only: the image contains `public/assets` in the app, and no fragments. Emptied when the
// distribution, the architecture or the Ruby version changes.
//
//     files/<path in the app>    precompiled assets and fragments
//     times.json                 when each of them was last written: `assets:clean` goes by age, and a
//                                lifecycle restores files with the time of the build
//     outcome/                   with BP_RAILS_ASSETS_REUSE: everything else that rake changed in the app

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { openLayer } from "../../cnb/layers/layer.ts";
import { readLayerState, reasonsOf } from "../../cnb/layers/layer-state.ts";
import type { Section } from "../../output/printer.ts";
import { type AssetDirectories, isVerdict } from "../../ruby/asset-directories.ts";
import {
  copyMissingFiles,
  isDirectoryWithin,
  listFiles,
  newestBelow,
} from "../../system/listing/file-listing.ts";
import { isFile, makeEmptyDirectory, readTextIfAny, removeTree } from "../../system/files.ts";
import { setPresentTimes } from "../../system/tree.ts";
import { recordChanges, replayChanges, type TreeSnapshot } from "../../system/tree-changes.ts";
import { parseJson } from "../../system/parse-json.ts";

/** What fragments depend on. A change empties the layer. */
const keysSchema = z.object({ distro: z.string(), arch: z.string(), rubyVersion: z.string() });

/** What assets are made from. With BP_RAILS_ASSETS_REUSE, a change runs rake again. */
const inputsSchema = z.object({ app: z.string(), environment: z.string(), layers: z.string() });

const metadataSchema = keysSchema.extend(inputsSchema.partial().shape);
type AssetsMetadata = z.output<typeof metadataSchema>;

/** Digests of what assets are made from. */
export type AssetInputs = z.output<typeof inputsSchema>;

const timesSchema = z.record(z.string(), z.number());

/** The oldest fragments are removed until the rest is smaller than this. */
const fragmentLimit = 100 * 1024 * 1024;

export interface AssetsOptions {
  layersDir: string;
  appDir: string;
  metadata: z.output<typeof keysSchema>;
  directories: AssetDirectories;
  section: Section;
  /** With BP_RAILS_ASSETS_REUSE: the app before rake ran, and what its assets are made from. */
  reuse?: { inputs: AssetInputs; before: TreeSnapshot } | undefined;
}

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
  if (layer.state.state === "restored") await restore(layer.path, options);
  else section.say(`Starting from scratch, because ${layer.state.because.join("; ")}`);
  await precompile();
  const own = new Set(brought.map(({ path }) => path));
  await save(layer.path, options, own);
  await layer.commit({ metadata: { ...metadata, ...options.reuse?.inputs } });
}

/**
 * If a precompilation would do the same as the last one, applies the changes of the last one to the app.
 * Otherwise prints why not.
 *
 * @returns whether it did.
 */
export async function reuseAssets(options: AssetsOptions): Promise<boolean> {
  const { layersDir, appDir, metadata, directories, section, reuse } = options;
  if (reuse === undefined) return false;
  const keys = { ...metadata, ...reuse.inputs };
  const expectation = { ...layerOf(options), keys, check: findMissingOutcome };
  const state = await readLayerState(join(layersDir, "assets"), expectation);
  section.layer("assets", reasonsOf(state));
  if (state.state === "empty") {
    section.say(`Nothing to reuse, because ${state.because.join("; ")}`);
    return false;
  }
  const layer = await openLayer({ ...expectation, layersDir, name: "assets" });
  await replayChanges(join(layer.path, "outcome"), appDir);
  const kept = await listFiles(join(layer.path, "files"), directories.served);
  const paths = kept.map(({ path }) => path);
  await copyMissingFiles(join(layer.path, "files"), appDir, paths);
  await layer.commit({ metadata: state.metadata });
  section.say("Not precompiled, because nothing has changed");
  section.detail(`Reused ${count(paths.length)} of the last build (\`BP_RAILS_ASSETS_REUSE\`)`);
  return true;
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

function layerOf({ metadata }: AssetsOptions) {
  return {
    types: { build: false, launch: false, cache: true },
    schema: metadataSchema,
    keys: metadata,
    labels,
    check: findUnreadableTimes,
  };
}

const labels = {
  distro: "the distribution",
  arch: "the CPU architecture",
  rubyVersion: "the Ruby version",
  app: "the app's files",
  environment: "the build's environment",
  layers: "Ruby, the gems or another buildpack's layers",
} satisfies Record<keyof AssetsMetadata, string>;

async function findUnreadableTimes(layerDir: string): Promise<string | undefined> {
  const text = await readTextIfAny(join(layerDir, "times.json"));
  return parseTimes(text) ? undefined : "its list of times cannot be read";
}

async function findMissingOutcome(layerDir: string): Promise<string | undefined> {
  const unreadable = await findUnreadableTimes(layerDir);
  if (unreadable !== undefined) return unreadable;
  return (await isFile(join(layerDir, "outcome/changes.json")))
    ? undefined
    : "it has no complete result";
}

function parseTimes(text: string | undefined): z.output<typeof timesSchema> | undefined {
  return timesSchema.safeParse(parseJson(text)).data;
}

// Platforms give all files of an app the same time in every build. Sprockets does not read a file that is
// as old as its fragment, so the app's files get the present time.
async function restore(layerDir: string, options: AssetsOptions): Promise<void> {
  const { appDir, directories, section } = options;
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

// The app's own files are not kept: they must disappear when the app removes them.
async function save(
  layerDir: string,
  options: AssetsOptions,
  own: ReadonlySet<string>,
): Promise<void> {
  const { appDir, directories, section } = options;
  const made = await listFiles(appDir, directories.served);
  const served = made.filter(({ path }) => !own.has(path) && !isVerdict(path));
  const fragments = await listFiles(appDir, directories.fragments);
  const recent = newestBelow(fragments, fragmentLimit);
  const kept = [...served, ...recent.filter(({ path }) => !isVerdict(path))];
  await makeEmptyDirectory(join(layerDir, "files"));
  const paths = kept.map(({ path }) => path);
  await copyMissingFiles(appDir, join(layerDir, "files"), paths);
  const times = Object.fromEntries(kept.map(({ path, modified }) => [path, modified]));
  await writeFile(join(layerDir, "times.json"), JSON.stringify(times));
  await removeFragments(appDir, directories);
  await saveOutcome(join(layerDir, "outcome"), options, new Set(served.map(({ path }) => path)));
  section.say(`Kept ${count(kept.length)} for the next build`);
  const outdated = fragments.length - recent.length;
  if (outdated > 0) {
    section.detail(
      `Not kept: ${count(outdated)}, the least recently used: fragments are limited to 100 MiB`,
    );
  }
}

// Without BP_RAILS_ASSETS_REUSE, an old outcome must go: it is not that of this build.
async function saveOutcome(
  record: string,
  { appDir, reuse }: AssetsOptions,
  kept: ReadonlySet<string>,
): Promise<void> {
  await removeTree(record);
  if (reuse) await recordChanges(appDir, reuse.before, record, kept);
}

function allOf({ served, fragments }: AssetDirectories): string[] {
  return [...served, ...fragments];
}

function count(files: number): string {
  return files === 1 ? "`1` file" : `\`${files}\` files`;
}
