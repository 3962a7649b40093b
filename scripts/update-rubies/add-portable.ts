import { readFile, writeFile } from "node:fs/promises";
import type { ArtifactEntry } from "../../src/artifacts/artifact-entry.ts";
import { compareGemVersions } from "../../src/ruby/gems/gem-version.ts";
import { parseToml } from "../../src/toml.ts";
import { listOfTables } from "./inventory-text.ts";
import type { PortableRelease, PortableRuby } from "./portable-release.ts";
import { Refused } from "./refused.ts";

/** They are compiled on Ubuntu 24.04 since July 2026, so that none can need a newer C library. */
const minGlibc = "2.39";

type PortableEntry = Extract<ArtifactEntry, { kind: "portable" }>;

/**
 * Writes the Rubies of a release into `ruby-portable.toml`, newest first, if their version is among `known`. They replace
 * those of older releases, which contain an older OpenSSL. Rubies that the release does not have stay.
 *
 * @returns whether anything has changed.
 * @throws Refused if a URL that is there has another checksum now.
 */
export async function addPortable(
  path: string,
  { rubies }: PortableRelease,
  known: readonly string[],
): Promise<boolean> {
  const text = await readFile(path, "utf8");
  const { artifacts = [] } = parseToml(text) as { artifacts?: PortableEntry[] };
  const wanted = rubies.filter(({ version }) => known.includes(version));
  for (const ruby of wanted) refuseChange(ruby, artifacts);
  const kept = artifacts.filter((entry) => !wanted.some((ruby) => isSame(ruby, entry)));
  const updated = listOfTables(
    "artifacts",
    text,
    [...kept, ...wanted.map(entryOf)].toSorted(inOrder),
  );
  if (updated === text) return false;
  await writeFile(path, updated);
  return true;
}

function refuseChange({ url, sha256 }: PortableRuby, present: readonly PortableEntry[]): void {
  const known = present.find((entry) => entry.url === url);
  if (known === undefined || known.sha256 === sha256) return;
  throw new Refused(
    `The checksum of ${url} has changed: the inventory has ${known.sha256}, the release has ${sha256}. ` +
      "Find out which is right before you edit inventory/ruby-portable.toml.",
  );
}

function isSame(one: Pick<PortableRuby, "version" | "arch">, two: PortableEntry): boolean {
  return one.version === two.version && one.arch === two.arch;
}

function entryOf({ version, arch, url, sha256 }: PortableRuby): PortableEntry {
  return {
    name: "ruby",
    version,
    kind: "portable",
    url,
    sha256,
    // `rv-ruby@3.4.5/3.4.5/bin/ruby`
    "strip-components": 2,
    os: "linux",
    arch,
    "min-glibc": minGlibc,
  };
}

function inOrder(one: PortableEntry, two: PortableEntry): number {
  return compareGemVersions(two.version, one.version) || (one.arch < two.arch ? -1 : 1);
}
