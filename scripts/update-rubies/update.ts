import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { type ArtifactEntry, inventoryFileSchema } from "../../src/artifacts/artifact-entry.ts";
import { parseToml } from "../../src/toml.ts";
import { rubyVersionsDoc } from "../docs/ruby-versions-doc.ts";
import { writePage } from "../docs/write-page.ts";
import { addPrebuilt, addReleases } from "./add-releases.ts";
import { addPortable } from "./add-portable.ts";
import { addToChangelog } from "./changelog.ts";
import { readDefaultRuby, setDefaultRuby } from "./default-ruby.ts";
import type { PortableRelease } from "./portable-release.ts";
import type { ReleaseIndex } from "./release-index.ts";
import { updateBranches } from "./update-branches.ts";

export interface UpdateRequest {
  /** The checkout whose files are written. */
  checkout: string;
  index: ReleaseIndex;
  /** The new default Ruby; if undefined, the default stays. */
  defaultRuby: string | undefined;
  /** Whether Heroku has published binaries of the new releases. */
  prebuilt: boolean;
  /** A release of portable Rubies, if their entries are to be written. */
  portable?: PortableRelease | undefined;
  /** `YYYY-MM-DD` */
  today: string;
}

/**
 * Writes an index of Ruby releases into everything that depends on it: the inventory, the default in
 * `buildpack.toml`, `docs/ruby-versions.md` and the changelog. A second run changes nothing.
 *
 * @returns what has changed, a line each.
 * @throws Refused instead of writing a wrong release or default.
 */
export async function updateRubies(request: UpdateRequest): Promise<string[]> {
  const { checkout, index, prebuilt, today } = request;
  const inventory = (name: string) => join(checkout, "inventory", name);
  const added = await addReleases(inventory("ruby.toml"), index.releases);
  if (prebuilt) await addPrebuilt(inventory("ruby-prebuilt.toml"), added);
  await updateBranches(inventory("ruby-branches.toml"), index.branches, today);
  const changes = added.length > 0 ? [`Ruby ${added.join(", ")}.`] : [];
  changes.push(...(await updatePortable(request)));
  for (const change of changes) await addToChangelog(changelogOf(checkout), "Added", change);
  changes.push(...(await moveDefault(request)));
  await writePage(join(checkout, "docs/ruby-versions.md"), await rubyVersionsDoc(checkout));
  return changes;
}

async function updatePortable({ checkout, portable }: UpdateRequest): Promise<string[]> {
  if (portable === undefined) return [];
  const known = (await readSources(checkout)).map(({ version }) => version);
  const path = join(checkout, "inventory/ruby-portable.toml");
  if (!(await addPortable(path, portable, known))) return [];
  return [`The portable Rubies are those of release ${portable.tag} of rv-ruby.`];
}

async function readSources(checkout: string): Promise<ArtifactEntry[]> {
  const text = await readFile(join(checkout, "inventory/ruby.toml"), "utf8");
  return inventoryFileSchema.parse(parseToml(text)).artifacts;
}

async function moveDefault({ checkout, defaultRuby, today }: UpdateRequest): Promise<string[]> {
  const descriptor = join(checkout, "buildpack.toml");
  const before = await readDefaultRuby(descriptor);
  if (defaultRuby === undefined || defaultRuby === before) return [];
  const text = await readFile(join(checkout, "inventory/ruby-branches.toml"), "utf8");
  const { branches } = parseToml(text) as Pick<ReleaseIndex, "branches">;
  const versions = (await readSources(checkout)).map(({ version }) => version);
  await setDefaultRuby(descriptor, defaultRuby, { versions, branches, today });
  const change = `The default Ruby is ${defaultRuby} (was ${before}).`;
  await addToChangelog(changelogOf(checkout), "Changed", change);
  return [change];
}

function changelogOf(checkout: string): string {
  return join(checkout, "CHANGELOG.md");
}
