import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { lstatIfAny } from "../files.ts";
import { visiblePath } from "./tree-view.ts";

/**
 * The entries of a directory, sorted by name. Empty if a view hides the directory.
 *
 * @throws the error of the system if it cannot be read.
 */
export async function listEntries(path: string): Promise<Dirent[]> {
  const place = await visiblePath(path);
  if (place === undefined) return [];
  const entries = await readdir(place, { withFileTypes: true });
  const seen = await Promise.all(entries.map(({ name }) => lstatIfAny(join(path, name))));
  const visible = entries.filter((_, index) => seen[index] !== undefined);
  return visible.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The names in a directory, sorted. As `listEntries`. */
export async function listNames(path: string): Promise<string[]> {
  return (await listEntries(path)).map(({ name }) => name);
}
