import { ancestorsOf, directoryEntry, type TarOwner, treeEntries } from "./tar.ts";
import type { TarEntry } from "./tar-header.ts";

/**
 * A directory as a layer of an image: first the directories that it stands in, then it and all below
 * it, in the order of names.
 *
 * @param path - where it stands in the image.
 */
export function* layerArchive(
  directory: string,
  path: string,
  owner: TarOwner,
): Generator<TarEntry> {
  for (const ancestor of ancestorsOf(path)) yield directoryEntry(ancestor, owner);
  yield* treeEntries(directory, path, owner);
}
