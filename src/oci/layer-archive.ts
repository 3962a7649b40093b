import { ancestorsOf } from "../system/walk.ts";
import { directoryEntry, type TarOwner, treeEntriesWithPipes } from "./tar.ts";
import type { TarEntry } from "./tar-header.ts";

/**
 * The entries of a directory as a layer of an image: first its parent directories, then the directory
 * and everything below it, sorted by name. A layer can also be a single file. As in lifecycles, pipes are part of it.
 *
 * @param path - its path in the image.
 */
export function* layerArchive(
  directory: string,
  path: string,
  owner: TarOwner,
): Generator<TarEntry> {
  for (const ancestor of ancestorsOf(path)) yield directoryEntry(ancestor, owner);
  yield* treeEntriesWithPipes(directory, path, owner);
}
