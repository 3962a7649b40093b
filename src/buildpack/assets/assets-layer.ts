// The layer `assets`: what the next precompilation can build on.
//
// Cache only: the image holds the app's own `public/assets`, and never a fragment. Emptied when the
// distribution, the architecture or the Ruby version changes.
//
//     files/<path in the app>    precompiled assets and fragments
//     times.json                 when each of them was last written: a lifecycle brings files back with
//                                the time of the build, and `assets:clean` goes by age
//     outcome/                   with BP_RAILS_ASSETS_REUSE, whatever else rake did to the app

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { openLayer } from "../../cnb/layer.ts";
import { readLayerState } from "../../cnb/layer-state.ts";
import type { Section } from "../../output/printer.ts";
import { type AssetDirectories, isVerdict } from "../../ruby/asset-directories.ts";
import {
  copyMissingFiles,
  isDirectoryWithin,
  listFiles,
  newestBelow,
} from "../../system/file-listing.ts";
import { isFile, makeEmptyDirectory, readTextIfAny, removeTree } from "../../system/files.ts";
import { setPresentTimes } from "../../system/tree.ts";
import { recordChanges, replayChanges, type TreeSnapshot } from "../../system/tree-changes.ts";

/** What fragments are made with; a change empties the layer. */
const keysSchema = z.object({ distro: z.string(), arch: z.string(), rubyVersion: z.string() });

/** What assets are made of; a change runs rake again. */
const inputsSchema = z.object({ app: z.string(), environment: z.string(), layers: z.string() });

const metadataSchema = keysSchema.extend(inputsSchema.partial().shape);
type AssetsMetadata = z.output<typeof metadataSchema>;

/** Digests of what assets are made of. */
export type AssetInputs = z.output<typeof inputsSchema>;

const timesSchema = z.record(z.string(), z.number());

/** Fragments are pruned until they take less than this. */
const fragmentLimit = 100 * 1024 * 1024;

export interface AssetsOptions {
  layersDir: string;
  appDir: string;
  metadata: z.output<typeof keysSchema>;
  directories: AssetDirectories;
  section: Section;
  /** What the app was before rake was run, and all that assets are made of, where both count. */
  reuse?: { inputs: AssetInputs; before: TreeSnapshot } | undefined;
}

/**
 * Precompiles an app's assets on top of those of the last build, and keeps the outcome for the next.
 * What the app brings itself is never overwritten. Fragments leave the app once they are kept.
 *
 * @throws whatever `precompile` throws; nothing is then kept.
 */
export async function keepAssets(
  options: AssetsOptions,
  precompile: () => Promise<void>,
): Promise<void> {
  const { layersDir, appDir, metadata, directories, section } = options;
  const layer = await openLayer({ ...layerOf(options), layersDir, name: "assets" });
  const brought = await listFiles(appDir, directories.served);
  if (layer.state.state === "restored") await restore(layer.path, options);
  else section.say(`Starting anew, because ${layer.state.because.join("; ")}`);
  await precompile();
  const own = new Set(brought.map(({ path }) => path));
  await save(layer.path, options, own);
  await layer.commit({ metadata: { ...metadata, ...options.reuse?.inputs } });
}

/**
 * Does to the app what the last precompilation did to it, where it would do the same again; says why
 * or why not.
 *
 * @returns whether it did.
 */
export async function reuseAssets(options: AssetsOptions): Promise<boolean> {
  const { layersDir, appDir, metadata, directories, section, reuse } = options;
  if (reuse === undefined) return false;
  const keys = { ...metadata, ...reuse.inputs };
  const expectation = { ...layerOf(options), keys, check: findMissingOutcome };
  const state = await readLayerState(join(layersDir, "assets"), expectation);
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
  section.say("Not precompiled, because nothing that it depends on has changed");
  section.detail(
    `Took over ${count(paths.length)} of the last build, as \`BP_RAILS_ASSETS_REUSE\` asks`,
  );
  return true;
}

/** Takes the directories out of the app that only a precompilation reads. */
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
  distro: "Distribution",
  arch: "CPU architecture",
  rubyVersion: "Ruby version",
  app: "the app's files",
  environment: "the build's environment variables",
  layers: "Ruby, the gems or another buildpack's layers",
} satisfies Record<keyof AssetsMetadata, string>;

async function findUnreadableTimes(layerDir: string): Promise<string | undefined> {
  const text = await readTextIfAny(join(layerDir, "times.json"));
  return parseTimes(text) ? undefined : "its list of times is unreadable";
}

async function findMissingOutcome(layerDir: string): Promise<string | undefined> {
  const unreadable = await findUnreadableTimes(layerDir);
  if (unreadable !== undefined) return unreadable;
  return (await isFile(join(layerDir, "outcome/changes.json"))) ? undefined : "its outcome is lost";
}

function parseTimes(text: string | undefined): z.output<typeof timesSchema> | undefined {
  try {
    return timesSchema.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}

// Platforms hand over every file of an app as old as the next, build after build. Sprockets takes a
// file whose time is that of its fragments for unchanged, and would not look into it.
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

// Files that the app brought come back with the app, and must go where the app drops them.
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
    section.detail(`Left out ${count(outdated)}, least recently used: fragments had over 100 MiB`);
  }
}

// A build that does not ask for it must not leave an outcome that is not its own.
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
