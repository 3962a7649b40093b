// The layer `assets`: what the next precompilation can build on.
//
// Cache only: the image holds the app's own `public/assets`, and never a fragment. Emptied when the
// distribution, the architecture or the Ruby version changes.
//
//     files/<path in the app>    precompiled assets and fragments
//     times.json                 when each of them was last written: a lifecycle brings files back with
//                                the time of the build, and `assets:clean` goes by age

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { openLayer } from "../../cnb/layer.ts";
import type { Section } from "../../output/printer.ts";
import { type AssetDirectories, isVerdict } from "../../ruby/asset-directories.ts";
import {
  copyMissingFiles,
  isDirectoryWithin,
  listFiles,
  type ListedFile,
} from "../../system/file-listing.ts";
import { makeEmptyDirectory, readTextIfAny, removeTree } from "../../system/files.ts";
import { setPresentTimes } from "../../system/tree.ts";

const metadataSchema = z.object({ distro: z.string(), arch: z.string(), rubyVersion: z.string() });
type AssetsMetadata = z.output<typeof metadataSchema>;

const timesSchema = z.record(z.string(), z.number());

/** Fragments are pruned until they take less than this. */
const fragmentLimit = 100 * 1024 * 1024;

export interface AssetsOptions {
  layersDir: string;
  appDir: string;
  metadata: AssetsMetadata;
  directories: AssetDirectories;
  section: Section;
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
  const layer = await openLayer({
    layersDir,
    name: "assets",
    types: { build: false, launch: false, cache: true },
    schema: metadataSchema,
    keys: metadata,
    labels,
    check: findUnreadableTimes,
  });
  const brought = await listFiles(appDir, directories.served);
  if (layer.state.state === "restored") await restore(layer.path, options);
  else section.say(`Starting anew, because ${layer.state.because.join("; ")}`);
  await precompile();
  const own = new Set(brought.map(({ path }) => path));
  await save(layer.path, options, own);
  await layer.commit({ metadata });
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

const labels = {
  distro: "Distribution",
  arch: "CPU architecture",
  rubyVersion: "Ruby version",
} satisfies Record<keyof AssetsMetadata, string>;

async function findUnreadableTimes(layerDir: string): Promise<string | undefined> {
  const text = await readTextIfAny(join(layerDir, "times.json"));
  return parseTimes(text) ? undefined : "its list of times is unreadable";
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
  const served = made.filter(({ path }) => !own.has(path));
  const fragments = await listFiles(appDir, directories.fragments);
  const outdated = leastRecentlyUsed(fragments);
  const kept = [...served, ...fragments.slice(outdated)].filter(({ path }) => !isVerdict(path));
  await makeEmptyDirectory(join(layerDir, "files"));
  const paths = kept.map(({ path }) => path);
  await copyMissingFiles(appDir, join(layerDir, "files"), paths);
  const times = Object.fromEntries(kept.map(({ path, modified }) => [path, modified]));
  await writeFile(join(layerDir, "times.json"), JSON.stringify(times));
  await removeFragments(appDir, directories);
  section.say(`Kept ${count(kept.length)} for the next build`);
  if (outdated > 0) {
    section.detail(`Left out ${count(outdated)}, least recently used: fragments had over 100 MiB`);
  }
}

/** Brings the least recently used files to the front, and counts those that are too many. */
function leastRecentlyUsed(fragments: ListedFile[]): number {
  fragments.sort((a, b) => a.modified - b.modified);
  let bytes = fragments.reduce((sum, file) => sum + file.bytes, 0);
  let outdated = 0;
  for (const file of fragments) {
    if (bytes < fragmentLimit) break;
    bytes -= file.bytes;
    outdated++;
  }
  return outdated;
}

function allOf({ served, fragments }: AssetDirectories): string[] {
  return [...served, ...fragments];
}

function count(files: number): string {
  return files === 1 ? "`1` file" : `\`${files}\` files`;
}
