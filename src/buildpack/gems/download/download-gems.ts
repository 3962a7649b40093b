import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pMap from "p-map";
import { download, type DownloadRequest, patientPolicy } from "../../../artifacts/download.ts";
import { BuildpackError } from "../../../failure.ts";
import type { Section } from "../../../output/printer.ts";
import { type IndexedGem, parseGemInfo } from "../../../ruby/gems/compact-index.ts";
import { platformMatches } from "../../../ruby/gems/gem-platform.ts";
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
 * @throws what kept any of them from being downloaded. The other downloads are stopped.
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
      await downloadGem(gem, directory, { ...downloads, signal });
      progress(`${++done} of ${gems.length} gems`);
    };
    const all = pMap(gems, one, { concurrency: downloadsAtOnce });
    await all.catch((error: unknown) => {
      stop.abort();
      throw error;
    });
  });
}

const downloadsAtOnce = 8;

async function downloadGem(
  gem: GemToDownload,
  directory: string,
  downloads: GemDownloads,
): Promise<void> {
  const server = gemServerUrl(gem.remote, downloads.env);
  if (server === undefined) throw new Error(`${gem.remote} is not reached by HTTP`);
  for (const { platform, sha256 } of await variantsOf(gem, server, directory, downloads)) {
    const name = `${fullName({ ...gem, platform })}.gem`;
    const url = new URL(`gems/${name}`, server).href;
    await fetchFile({ url, sha256, destination: join(directory, name) }, downloads);
  }
}

async function fetchFile(
  request: DownloadRequest,
  { fetcher, signal }: Pick<GemDownloads, "fetcher" | "signal">,
): Promise<void> {
  await download(request, { fetcher, signal, policy, section: { detail: () => {} } });
}

// Bundler tries again by itself, and says what is wrong.
const policy = { ...patientPolicy, attempts: 1, stallMilliseconds: 10_000 };

/** The variants of a gem to download, with the SHA-256 of each if the lockfile or the server states it. */
async function variantsOf(
  gem: GemToDownload,
  server: URL,
  directory: string,
  downloads: GemDownloads,
): Promise<GemVariant[]> {
  if (gem.variants?.every(({ sha256 }) => sha256 !== undefined)) return gem.variants;
  const info = await readInfo(gem, server, directory, downloads);
  const there = info.filter(({ version }) => version === gem.version);
  const suitable = there.filter(({ platform }) => platformMatches(platform, downloads.platform));
  if (gem.variants === undefined && suitable.length > 0) return suitable;
  if (gem.variants === undefined) {
    throw new Error(`the server does not say which variants of ${gem.name} it has`);
  }
  return gem.variants.map(({ platform, sha256 }) => ({
    platform,
    sha256: sha256 ?? there.find((variant) => variant.platform === platform)?.sha256,
  }));
}

/** What the server says about a gem. Nothing, if it has no compact index: then Bundler cannot verify a gem either. */
async function readInfo(
  { name }: GemToDownload,
  server: URL,
  directory: string,
  downloads: GemDownloads,
): Promise<IndexedGem[]> {
  const destination = join(directory, `${name}.info`);
  const url = new URL(`info/${name}`, server).href;
  try {
    await fetchFile({ url, sha256: undefined, destination }, downloads);
  } catch (error) {
    if (error instanceof BuildpackError && error.failure.code === "download/not-found") return [];
    throw error;
  }
  return parseGemInfo(await readFile(destination, "utf8"));
}
