import { readFile, writeFile } from "node:fs/promises";
import type { ArtifactEntry } from "../../src/artifacts/artifact-entry.ts";
import { compareGemVersions } from "../../src/ruby/gems/gem-version.ts";
import { parseToml } from "../../src/toml.ts";
import { listOfTables } from "./inventory-text.ts";
import { Refused } from "./refused.ts";
import type { RubyRelease } from "./release-index.ts";

/**
 * Adds releases to `ruby.toml`, newest first. Releases that the index does not name stay.
 *
 * @returns the versions that are new, oldest first.
 * @throws Refused if the index has another checksum for a release than the file.
 */
export async function addReleases(
  path: string,
  releases: readonly RubyRelease[],
): Promise<string[]> {
  const text = await readFile(path, "utf8");
  const { artifacts } = parseToml(text) as { artifacts: ArtifactEntry[] };
  const added = releases.filter((release) => isNew(release, artifacts));
  const sources = [...artifacts, ...added.map(sourceOf)].toSorted(newestFirst);
  await writeFile(path, listOfTables("artifacts", text, sources));
  return added.map(({ version }) => version).toSorted(compareGemVersions);
}

function isNew({ version, sha256 }: RubyRelease, present: readonly ArtifactEntry[]): boolean {
  const known = present.find((entry) => entry.version === version);
  if (known === undefined) return true;
  if (known.sha256 === sha256) return false;
  throw new Refused(
    `The checksum of Ruby ${version} has changed: the inventory has ${known.sha256}, the index has ` +
      `${sha256}. A release never changes. Find out which is right before you edit inventory/ruby.toml.`,
  );
}

function sourceOf({ version, url, sha256 }: RubyRelease) {
  return { name: "ruby", version, kind: "source", url, sha256, "strip-components": 1 } as const;
}

/**
 * Adds binaries of Heroku to `ruby-prebuilt.toml` for new releases, for the same systems as its newest
 * release there.
 */
export async function addPrebuilt(path: string, versions: readonly string[]): Promise<void> {
  const text = await readFile(path, "utf8");
  const file = parseToml(text) as { artifacts: ArtifactEntry[] };
  const [newest] = file.artifacts.toSorted(newestFirst);
  const models = file.artifacts.filter(({ version }) => version === newest?.version);
  const added = versions.flatMap((version) =>
    models.map((model) => ({
      ...model,
      version,
      url: model.url.replace(model.version, version),
    })),
  );
  const artifacts = [...file.artifacts, ...added].toSorted(newestFirst);
  await writeFile(path, listOfTables("artifacts", text, artifacts));
}

function newestFirst(one: { version: string }, two: { version: string }): number {
  return compareGemVersions(two.version, one.version);
}
