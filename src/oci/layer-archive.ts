import { dirname } from "node:path";
import { ancestorsOf } from "../system/walk.ts";
import { directoryEntry, type TarOwner, treeEntriesWithPipes } from "./tar.ts";
import type { TarEntry } from "./tar-header.ts";

/**
 * The entries of a directory as a layer of an image: first its parent directories, then the directory
 * and everything below it, sorted by name. A layer can also be a single file. As in lifecycles, pipes are part of it.
 *
 * @param path - its path in the image.
 * @param parentMode - the mode of the directory that it is in. Those above have 0755.
 */
export function* layerArchive(
  directory: string,
  path: string,
  owner: TarOwner,
  parentMode = 0o755,
): Generator<TarEntry> {
  const parent = dirname(path);
  for (const ancestor of ancestorsOf(path)) {
    yield directoryEntry(ancestor, owner, ancestor === parent ? parentMode : 0o755);
  }
  yield* treeEntriesWithPipes(directory, path, owner);
}
