import * as z from "zod";
import { Refused } from "./refused.ts";

/** A portable Ruby of a release. */
export interface PortableRuby {
  /** As RubyGems writes it. */
  version: string;
  /** As images name it. */
  arch: "amd64" | "arm64";
  url: string;
  sha256: string;
}

/** A release of spinel-coop/rv-ruby: every version of Ruby, compiled again. */
export interface PortableRelease {
  /** Its date, such as `20260723`. */
  tag: string;
  rubies: PortableRuby[];
}

const listingSchema = z.object({
  tag_name: z.string(),
  draft: z.boolean(),
  prerelease: z.boolean(),
  assets: z.array(
    z.object({
      name: z.string(),
      browser_download_url: z.url(),
      // What GitHub computes, for files that were uploaded after June 2025.
      digest: z.string().nullish(),
    }),
  ),
});

type Listing = z.output<typeof listingSchema>;

/** The file of a release with the checksums of the others. */
const sumsName = "SHA256SUMS";

/** Ruby with glibc. Others are for musl or macOS, or are snapshots. */
const rubyName = /^ruby-(\d+\.\d+\.\d+(?:-(?:preview|rc)\d+)?)\.(x86_64|arm64)_linux\.tar\.gz$/;

/**
 * Reads a release as GitHub's API lists it, and the checksums that it publishes.
 *
 * @throws Refused if the release is not finished, if an archive has no checksum or two different ones, or if its URL is not
 * that of the release.
 */
export async function readPortableRelease(
  url: string,
  get: (url: string) => Promise<string>,
): Promise<PortableRelease> {
  const listing = parseListing(await get(url));
  const { tag_name: tag, assets } = listing;
  if (listing.draft || listing.prerelease) throw new Refused(`Release ${tag} is not finished.`);
  const sums = assets.find(({ name }) => name === sumsName)?.browser_download_url;
  if (sums === undefined) throw new Refused(`Release ${tag} has no file ${sumsName}.`);
  if (url.startsWith("https:") && !sums.startsWith("https:")) {
    throw new Refused(`${sums} is not an https: URL.`);
  }
  const digests = parseSums(await get(sums));
  return { tag, rubies: assets.flatMap((asset) => rubyIn(asset, tag, digests)) };
}

function parseListing(text: string): Listing {
  const result = z.string().transform(toJson).pipe(listingSchema).safeParse(text);
  if (result.success) return result.data;
  throw new Refused(`This is not a release as GitHub lists it:\n${z.prettifyError(result.error)}`);
}

function toJson(text: string, context: z.RefinementCtx<string>): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
}

/** The output of `shasum`: a checksum, two characters, and the name of the file. */
function parseSums(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm);
  return new Map(Array.from(lines, ([, sha256 = "", name = ""]) => [name, sha256]));
}

function rubyIn(
  { name, browser_download_url: url, digest }: Listing["assets"][number],
  tag: string,
  digests: ReadonlyMap<string, string>,
): PortableRuby[] {
  const [, version, cpu] = rubyName.exec(name) ?? [];
  if (version === undefined) return [];
  const sha256 = digests.get(name);
  if (sha256 === undefined) throw new Refused(`${sumsName} has no checksum of ${name}.`);
  if (digest && digest !== `sha256:${sha256}`) {
    throw new Refused(`GitHub says that ${name} has ${digest}, but ${sumsName} has ${sha256}.`);
  }
  // Another release's files have the same names, and the URL of the latest release changes.
  if (!url.startsWith("https://") || !url.endsWith(`/releases/download/${tag}/${name}`)) {
    throw new Refused(`${url} is not the URL of ${name} in release ${tag}.`);
  }
  const arch = cpu === "arm64" ? "arm64" : "amd64";
  return [{ version: version.replace("-", "."), arch, url, sha256 }];
}
