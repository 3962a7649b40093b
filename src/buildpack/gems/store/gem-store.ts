import { access, constants, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Section } from "../../../output/printer.ts";
import { isDirectory, isFile, makeEmptyDirectory, removeTree } from "../../../system/files.ts";
import { countGems } from "../count-gems.ts";
import { limitStore } from "./store-limit.ts";
import { addEntry, fetchEntries, placeEntry, touchEntry, verifyEntry } from "./store-entry.ts";
import type { StorableGem } from "./store-key.ts";

/**
 * Installed gems that builds share. Whoever can write to it can put code into every app that is built with it.
 * Nothing about it makes a build fail: what it lacks, or has damaged, Bundler installs.
 */
export interface GemStore {
  /** Puts gems that are not installed into the directory of gems, before `bundle install`. */
  place(gemsDir: string): Promise<void>;
  /** Adds gems that were installed, after `bundle clean`. */
  add(gemsDir: string): Promise<void>;
}

export interface GemStoreRequest {
  directory: string;
  readOnly: boolean;
  /** In bytes. The least recently used entries are removed. */
  limit: number;
  gems: readonly StorableGem[];
  section: Section;
}

/** The store in a directory, or `undefined` with a warning if there is no such directory. */
export async function openGemStore(request: GemStoreRequest): Promise<GemStore | undefined> {
  const { directory, section } = request;
  if (!(await isDirectory(directory))) {
    section.warn(`The gem store ${directory} is not used, because it is not a directory.`);
    return undefined;
  }
  const store = join(directory, "v1");
  return {
    place: async (gemsDir) => await placeGems(request, store, gemsDir),
    add: async (gemsDir) => await addGems(request, store, gemsDir),
  };
}

async function placeGems(
  { gems, section }: GemStoreRequest,
  store: string,
  gemsDir: string,
): Promise<void> {
  const wanted: StorableGem[] = [];
  for (const gem of gems) {
    const isInstalled = await isFile(join(gemsDir, "specifications", `${gem.fullName}.gemspec`));
    if (!isInstalled && (await isDirectory(join(store, gem.key)))) wanted.push(gem);
  }
  if (wanted.length === 0) return section.say("The gem store has none of the gems to install");
  const copies = join(gemsDir, ".gem-store");
  const damaged: string[] = [];
  try {
    await makeEmptyDirectory(copies);
    await fetchEntries(
      wanted.map(({ key }) => join(store, key)),
      copies,
    );
    for (const gem of wanted) {
      const pieces = await verifyEntry(join(copies, gem.key), gem);
      if (pieces) {
        await placeEntry(join(copies, gem.key), pieces, gemsDir);
        await touchEntry(join(store, gem.key));
      } else damaged.push(gem.fullName);
    }
  } finally {
    await removeTree(copies);
  }
  section.say(`Took ${countGems(wanted.length - damaged.length)} from the gem store`);
  for (const name of damaged) {
    section.warn(`The gem store's copy of ${name} is damaged and was not used.`);
  }
}

async function addGems(
  { gems, limit, readOnly, section }: GemStoreRequest,
  store: string,
  gemsDir: string,
): Promise<void> {
  if (readOnly) return;
  let added = 0;
  try {
    await mkdir(store, { recursive: true });
    await access(store, constants.W_OK);
    for (const gem of gems) {
      if (await isDirectory(join(store, gem.key))) continue;
      if (await addEntry(store, gem, gemsDir)) added++;
    }
    if (added > 0) section.say(`Added ${countGems(added)} to the gem store`);
    const removed = await limitStore(store, limit);
    if (removed > 0) {
      section.detail(`Removed ${countGems(removed)}, the least recently used: the store was full`);
    }
  } catch (error) {
    section.warn(`The gem store could not be written: ${(error as Error).message.trim()}`);
  }
}
