import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import pMap from "p-map";
import {
  download,
  type DownloadPolicy,
  type DownloadRequest,
  patientPolicy,
} from "../../../artifacts/download.ts";
import { BuildpackError } from "../../../failure.ts";
import type { Section } from "../../../output/printer.ts";
import { type IndexedGem, parseGemInfo } from "../../../ruby/gems/compact-index.ts";
import {
  parseGemPlatform,
  platformMatches,
  platformName,
} from "../../../ruby/gems/gem-platform.ts";
import { fullName } from "../../../ruby/lockfile/state.ts";
import type { Fetcher } from "../../../system/http/fetcher.ts";
import { countGems } from "../count-gems.ts";
import { gemServerUrl } from "./gem-server.ts";
import type { GemToDownload, GemVariant } from "./gems-to-download.ts";

export interface GemDownloads {
  fetcher: Fetcher;
  section: Pick<Section, "timed">;
  signal: AbortSignal;
  /** RubyGems' name of the platform that gems are installed for. */
  platform: string;
  /** The whole environment of Bundler: it names mirrors and logins. */
  env: Readonly<Record<string, string>>;
}

/**
 * Downloads gems into a directory, and verifies the SHA-256 that the lockfile states, or else the server. As with Bundler, a
 * gem is not verified if neither states one.
 *
 * @throws AggregateError if one fails. The others are stopped, and have ended by then.
 */
export async function downloadGems(
  gems: readonly GemToDownload[],
  directory: string,
  downloads: GemDownloads,
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([downloads.signal, stop.signal]);
  await downloads.section.timed(`Downloading ${countGems(gems.length)}`, async (progress) => {
    let done = 0;
    const one = async (gem: GemToDownload) => {
      try {
        await downloadGem(gem, directory, { ...downloads, signal });
        progress(`${++done} of ${gems.length} gems`);
      } catch (error) {
        stop.abort();
        throw error;
      }
    };
    // With `stopOnError`, the caller would remove the directory while others still write to it.
    await pMap(gems, one, { concurrency: downloadsAtOnce, stopOnError: false });
  });
}

const downloadsAtOnce = 8;

async function downloadGem(
  gem: GemToDownload,
  directory: string,
  downloads: GemDownloads,
): Promise<void> {
  const server = gemServerUrl(gem.remote, downloads.env);
  if (server === undefined) throw new Error(`only Bundler can reach ${gem.remote}`);
  for (const { platform, sha256 } of await variantsOf(gem, server, directory, downloads)) {
    const name = `${fullName({ ...gem, platform })}.gem`;
    const url = new URL(`gems/${name}`, server).href;
    const destination = join(directory, name);
    await fetchFile({ url, sha256, destination }, downloads, gemPolicy);
    if (!(await isTar(destination))) throw new Error(`${url} is not a gem`);
  }
}

/** Bundler reads every file of the directory, and ends if one is not a gem, needed or not. */
async function isTar(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(5), 0, 5, 257);
  return buffer.toString("latin1") === "ustar";
}

async function fetchFile(
  request: DownloadRequest,
  { fetcher, signal }: Pick<GemDownloads, "fetcher" | "signal">,
  policy: DownloadPolicy,
): Promise<void> {
  await download(request, { fetcher, signal, policy, section: { detail: () => {} } });
}

// Bundler tries again by itself, and says what is wrong.
const gemPolicy = {
  ...patientPolicy,
  attempts: 1,
  stallMilliseconds: 10_000,
  maximumBytes: 2 ** 30,
};
/** The longest answers of rubygems.org have less than one MiB. */
const infoPolicy = { ...gemPolicy, maximumBytes: 16 * 2 ** 20 };

/** The variants of a gem to download, with the SHA-256 of each if the lockfile or the server states it. */
async function variantsOf(
  gem: GemToDownload,
  server: URL,
  directory: string,
  downloads: GemDownloads,
): Promise<GemVariant[]> {
  if (gem.variants?.every(({ sha256 }) => sha256 !== undefined)) return gem.variants;
  const info = await readInfo(gem, server, directory, downloads);
  const there = info?.filter(({ version }) => version === gem.version);
  if (gem.variants === undefined) return suitableVariants(gem, there ?? [], downloads.platform);
  if (there === undefined) return gem.variants;
  return gem.variants.map(({ platform, sha256 }) => {
    // The server may spell a platform in another way than the lockfile does.
    const listed = there.find((one) => platformName(parseGemPlatform(one.platform)) === platform);
    if (!listed) throw new Error(`the server does not list ${fullName({ ...gem, platform })}`);
    return { platform, sha256: sha256 ?? listed.sha256 };
  });
}

function suitableVariants(
  { name }: GemToDownload,
  there: readonly IndexedGem[],
  machine: string,
): GemVariant[] {
  const suitable = there.filter(({ platform }) => platformMatches(platform, machine));
  if (suitable.length > 0) return suitable;
  throw new Error(`the server does not say which variants of ${name} it has`);
}

/**
 * What the server says about a gem. `undefined` after a 404: the server has no compact index, or not this gem. Without an
 * index, Bundler does not verify gems either.
 */
async function readInfo(
  { name, version }: GemToDownload,
  server: URL,
  directory: string,
  downloads: GemDownloads,
): Promise<IndexedGem[] | undefined> {
  // Two versions of one gem must not share the file.
  const destination = join(directory, `${name}-${version}.info`);
  const url = new URL(`info/${name}`, server).href;
  try {
    await fetchFile({ url, sha256: undefined, destination }, downloads, infoPolicy);
  } catch (error) {
    const isMissing =
      error instanceof BuildpackError && error.failure.code === "download/not-found";
    if (isMissing) return undefined;
    throw error;
  }
  return parseGemInfo(await readFile(destination, "utf8"));
}
