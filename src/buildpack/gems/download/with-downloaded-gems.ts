import { copyFile, mkdtemp } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import glob from "fast-glob";
import type { Section } from "../../../output/printer.ts";
import { compareGemVersions } from "../../../ruby/gems/gem-version.ts";
import type { GemfileLock } from "../../../ruby/lockfile/gemfile-lock.ts";
import type { GitSource } from "../../../ruby/lockfile/source.ts";
import { isDirectory, isFile, removeTree } from "../../../system/files.ts";
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
 * Downloads the gems that are going to be installed, and runs `work` with the variables by which Bundler finds them. Bundler
 * then contacts no server. Without this, it asks for the metadata of every gem in the bundle, and of every gem that any
 * version of these ever depended on: hundreds of requests for one new gem.
 *
 * The variables are empty if nothing is to be downloaded, if we cannot tell which gems are missing or where Bundler would get
 * them, if the app brings its gems or if a download fails: Bundler then downloads what it needs, and says what is wrong. The
 * files are removed when `work` ends.
 */
export async function withDownloadedGems<T>(
  request: DownloadedGemsRequest,
  work: (variables: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const gems = await findGems(request);
  if (gems === undefined || gems.length === 0) return await work({});
  const directory = await mkdtemp(join(temporary(), "lapidary-gems-"));
  try {
    const complete = await tryToDownload(gems, directory, request);
    return await work(complete ? await variablesFor(directory, request) : {});
  } finally {
    await removeTree(directory);
  }
}

/** Ruby looks for a relative path in other directories. */
function temporary(): string {
  return resolve(tmpdir());
}

async function variablesFor(
  directory: string,
  { bundlerVersion }: DownloadedGemsRequest,
): Promise<Record<string, string>> {
  const found = { BUNDLE_CACHE_PATH: directory };
  if (!needsScript(bundlerVersion)) return found;
  const script = join(directory, "install-downloaded-gems.rb");
  await copyFile(new URL("./install-downloaded-gems.rb", import.meta.url), script);
  return { ...found, RUBYOPT: `-r${script}` };
}

/** Older versions treat gems in a directory and gems of a server alike. */
function needsScript(bundlerVersion: string): boolean {
  return compareGemVersions(bundlerVersion, "2.5.0.a") >= 0;
}

async function findGems(request: DownloadedGemsRequest): Promise<GemToDownload[] | undefined> {
  const { bundlerVersion, env, places, platform } = request;
  // JRuby supports only a part of TracePoint, and RUBYOPT cannot have a path with spaces.
  const takesScript = platform !== "java" && !/\s/.test(temporary());
  if (needsScript(bundlerVersion) && !takesScript) return undefined;
  if (choosesGems.some((name) => env[name] !== undefined)) return undefined;
  // Bundler's configuration of the build image may name other servers.
  if (await isFile(join(env["HOME"] ?? homedir(), ".bundle/config"))) return undefined;
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

/**
 * Variables of Bundler that say where `.gem` files are, which variant of a gem is installed, or which file contains more of its
 * settings.
 */
const choosesGems = ["BUNDLE_CACHE_PATH", "BUNDLE_FORCE_RUBY_PLATFORM", "BUNDLE_CONFIG"];

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
