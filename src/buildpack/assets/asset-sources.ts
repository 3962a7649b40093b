// The files of the app that the assets depend on: the paths and modes of all of them, and the content of those that
// rake has read. Every path that is added or removed counts, because rake may have looked for it. What is in
// `.git`, which every commit changes, counts only if something has read a file there.

import * as z from "zod";
import { readTextIfAny } from "../../system/files.ts";
import { hasContent, type TreeSnapshot, withoutContent } from "../../system/tree-changes.ts";
import { parseJson } from "../../system/parse-json.ts";

/** The entries of a snapshot. Those of files that rake has not read are without content. */
export type AssetSources = ReadonlyMap<string, string>;

/** What counts of the app's files before rake ran. */
export function assetSources(
  before: TreeSnapshot,
  isRead: (path: string) => boolean,
): AssetSources {
  const gitIsRead = [...before.keys()].some((path) => isOfGit(path) && isRead(path));
  return project(before, gitIsRead, isRead);
}

/** What counts of the app's files now, if only what `stored` has read counts. */
export function sourcesLike(stored: AssetSources, now: TreeSnapshot): AssetSources {
  const gitIsRead = [...stored.keys()].some(isOfGit);
  const isRead = readIn(stored);
  return project(now, gitIsRead, (path) => !stored.has(path) || isRead(path));
}

/** Whether the content of a path was read. */
export function readIn(stored: AssetSources): (path: string) => boolean {
  return (path) => {
    const entry = stored.get(path);
    return entry !== undefined && hasContent(entry);
  };
}

/** The changes that make rake run, such as `config/app.yml was removed`, each a part of a sentence. */
export function differencesOf(stored: AssetSources, now: AssetSources): string[] {
  const removed = [...stored.keys()].filter((path) => !now.has(path));
  const added = [...now.keys()].filter((path) => !stored.has(path));
  const changed = [...now].filter(([path, entry]) => (stored.get(path) ?? entry) !== entry);
  return [
    ...changed.map(([path]) => `\`${path}\` has changed`),
    ...added.map((path) => `\`${path}\` is new`),
    ...removed.map((path) => `\`${path}\` was removed`),
  ];
}

/** Reads what `formatSources` has written. `undefined` if there is none, or if it cannot be read. */
export async function readSources(path: string): Promise<AssetSources | undefined> {
  const text = await readTextIfAny(path);
  const { data } = z.record(z.string(), z.string()).safeParse(parseJson(text));
  return data && new Map(Object.entries(data));
}

export function formatSources(sources: AssetSources): string {
  return JSON.stringify(Object.fromEntries(sources));
}

function project(
  snapshot: TreeSnapshot,
  withGit: boolean,
  isRead: (path: string) => boolean,
): AssetSources {
  const counted = [...snapshot].filter(([path]) => withGit || !isOfGit(path));
  return new Map(
    counted.map(([path, entry]) => [path, isRead(path) ? entry : withoutContent(entry)]),
  );
}

function isOfGit(path: string): boolean {
  return /(?:^|\/)\.git\//.test(path);
}
