import { copyFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import glob from "fast-glob";
import type { Section } from "../../../output/printer.ts";
import { compareGemVersions } from "../../../ruby/gems/gem-version.ts";
import type { GemfileLock } from "../../../ruby/lockfile/gemfile-lock.ts";
import type { GitSource } from "../../../ruby/lockfile/source.ts";
import { isDirectory, removeTree } from "../../../system/files.ts";
import type { Places } from "../../installed.ts";
import { findInstalledGems } from "../installed-gems.ts";
import { downloadGems, type GemDownloads } from "./download-gems.ts";
import { type GemToDownload, gemsToDownload } from "./gems-to-download.ts";

export interface DownloadedGemsRequest extends Omit<GemDownloads, "section"> {
  locked: GemfileLock;
  /** Gems that only groups which are not installed need. */
  leftOut: ReadonlySet<string>;
  bundlerVersion: string;
  places: Pick<Places, "app" | "gemfile" | "gems">;
  section: Pick<Section, "detail" | "timed">;
}

/**
 * Downloads the gems that are going to be installed, and runs `work` with the variables by which Bundler finds them, and
 * installs several at once. Bundler then asks no server. By itself it asks one for the description of every gem of the bundle and of all that these
 * ever depended on: hundreds of requests for one new gem.
 *
 * The variables are empty if nothing is to be downloaded, if that cannot be told beforehand, if the app brings its gems or
 * if a download fails: Bundler then downloads what it needs, and says what is wrong. The files are removed when `work` ends.
 */
export async function withDownloadedGems<T>(
  request: DownloadedGemsRequest,
  work: (variables: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const gems = await findGems(request);
  if (gems === undefined || gems.length === 0) return await work({});
  const directory = await mkdtemp(join(tmpdir(), "lapidary-gems-"));
  try {
    const complete = await tryToDownload(gems, directory, request);
    return await work(complete ? await variablesFor(directory, request) : {});
  } finally {
    await removeTree(directory);
  }
}

async function variablesFor(
  directory: string,
  { bundlerVersion, platform }: DownloadedGemsRequest,
): Promise<Record<string, string>> {
  const found = { BUNDLE_CACHE_PATH: directory };
  const isParallel = compareGemVersions(bundlerVersion, "2.6.0.a") >= 0;
  // Gems for JRuby have no extensions to compile, and RUBYOPT cannot have a path with spaces.
  if (isParallel || platform === "java" || /\s/.test(directory)) return found;
  const script = join(directory, "install-in-parallel.rb");
  await copyFile(new URL("./install-in-parallel.rb", import.meta.url), script);
  return { ...found, RUBYOPT: `-r${script}` };
}

async function findGems(request: DownloadedGemsRequest): Promise<GemToDownload[] | undefined> {
  const { env, places } = request;
  if (choosesFiles.some((name) => env[name] !== undefined)) return undefined;
  const root = join(places.app, dirname(places.gemfile));
  if (await isDirectory(join(root, "vendor/cache"))) return undefined;
  const checkouts = await glob("bundler/gems/*", { cwd: places.gems, onlyDirectories: true });
  return gemsToDownload({
    ...request,
    // Not Ruby's default gems: Bundler installs a gem of the lockfile besides.
    isInstalled: await findInstalledGems(places.gems),
    isCheckedOut: (source) => checkouts.some((path) => isCheckoutOf(source, basename(path))),
  });
}

/** Bundler's settings that say where `.gem` files are, and which variant of a gem is installed. */
const choosesFiles = ["BUNDLE_CACHE_PATH", "BUNDLE_FORCE_RUBY_PLATFORM"];

/** Bundler names a checkout after the first 12 digits of its commit. */
function isCheckoutOf({ revision }: GitSource, directory: string): boolean {
  return revision !== undefined && directory.endsWith(`-${revision.slice(0, 12)}`);
}

async function tryToDownload(
  gems: readonly GemToDownload[],
  directory: string,
  request: DownloadedGemsRequest,
): Promise<boolean> {
  try {
    await downloadGems(gems, directory, request);
    return true;
  } catch {
    request.signal.throwIfAborted();
    // Not why: Bundler is going to say that, unless it succeeds.
    request.section.detail("Not all could be downloaded, so Bundler downloads them itself");
    return false;
  }
}
