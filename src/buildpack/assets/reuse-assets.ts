import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openLayer } from "../../cnb/layers/layer.ts";
import { readLayerState, reasonsOf } from "../../cnb/layers/layer-state.ts";
import type { Section } from "../../output/printer.ts";
import { isFile, removeTree } from "../../system/files.ts";
import { copyMissingFiles, listFiles } from "../../system/listing/file-listing.ts";
import { digestSnapshot, recordChanges, replayChanges } from "../../system/tree-changes.ts";
import {
  type AssetSources,
  assetSources,
  differencesOf,
  formatSources,
  readIn,
  readSources,
  sourcesLike,
} from "./asset-sources.ts";
import {
  type AssetsOptions,
  count,
  findUnreadableTimes,
  layerOf,
  type RecordedInputs,
} from "./assets-layer.ts";

/**
 * If a precompilation would do the same as the last one, applies the changes of the last one to the app.
 * Otherwise prints why not.
 *
 * @returns whether it did.
 */
export async function reuseAssets(options: AssetsOptions): Promise<boolean> {
  const { layersDir, appDir, metadata, directories, section, reuse } = options;
  if (reuse === undefined) return false;
  const stored = await readSources(join(layersDir, "assets/sources.json"));
  const now = stored ? sourcesLike(stored, reuse.before) : reuse.before;
  const keys = { ...metadata, app: digestOf(now), ...reuse.inputs };
  const expectation = { ...layerOf(options), keys, check: findMissingOutcome };
  const state = await readLayerState(join(layersDir, "assets"), expectation);
  section.layer("assets", reasonsOf(state));
  if (state.state === "empty") {
    section.say(`Nothing to reuse, because ${state.because.join("; ")}`);
    if (stored) printFirst(differencesOf(stored, now), section);
    return false;
  }
  const layer = await openLayer({ ...expectation, layersDir, name: "assets" });
  await replayChanges(join(layer.path, "outcome"), appDir);
  const kept = await listFiles(join(layer.path, "files"), directories.served);
  const paths = kept.map(({ path }) => path);
  await copyMissingFiles(join(layer.path, "files"), appDir, paths);
  await layer.commit({ metadata: state.metadata });
  section.say("Not precompiled, because nothing that precompiling read has changed");
  section.detail(`Reused ${count(paths.length)} of the last build (\`BP_RAILS_ASSETS_REUSE\`)`);
  return true;
}

/** What is known when rake has run. */
interface Recorded {
  /** Files that the caller keeps. */
  served: ReadonlySet<string>;
  /** What counted in earlier runs that filled the same cache. */
  earlier: AssetSources | undefined;
  /** The app's files that rake has read now. */
  read: ReadonlySet<string> | undefined;
}

/**
 * With BP_RAILS_ASSETS_REUSE, keeps what rake changed in the app and what the assets depend on. Otherwise removes
 * what an earlier build kept of that.
 *
 * @returns the metadata for the next build.
 */
export async function recordForReuse(
  layerDir: string,
  { appDir, reuse }: AssetsOptions,
  { served, earlier, read }: Recorded,
): Promise<RecordedInputs | undefined> {
  const [outcome, path] = [join(layerDir, "outcome"), join(layerDir, "sources.json")];
  await removeTree(outcome);
  await removeTree(path);
  if (!reuse) return undefined;
  const changed = await recordChanges(appDir, reuse.before, outcome, served);
  const readEarlier = earlier ? readIn(earlier) : () => false;
  const sources = assetSources(
    reuse.before,
    (file) => read?.has(file) === true || changed.has(file) || readEarlier(file),
  );
  await writeFile(path, formatSources(sources));
  return { ...reuse.inputs, app: digestOf(sources) };
}

async function findMissingOutcome(layerDir: string): Promise<string | undefined> {
  const unreadable = await findUnreadableTimes(layerDir);
  if (unreadable !== undefined) return unreadable;
  const files = ["outcome/changes.json", "sources.json"].map((path) =>
    isFile(join(layerDir, path)),
  );
  return (await Promise.all(files)).includes(false) ? "it has no complete result" : undefined;
}

function digestOf(sources: AssetSources): string {
  return digestSnapshot(sources).slice(0, 16);
}

function printFirst(differences: readonly string[], section: Section): void {
  const most = 3;
  for (const difference of differences.slice(0, most)) section.detail(difference);
  const more = differences.length - most;
  if (more > 0) section.detail(`${more} more ${more === 1 ? "change" : "changes"}`);
}
