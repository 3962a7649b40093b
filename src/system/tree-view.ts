import { AsyncLocalStorage } from "node:async_hooks";
import { lstat, readlink } from "node:fs/promises";
import { dirname, isAbsolute, join, relative } from "node:path";

/** What can be seen of a directory while it is read where it is, instead of in a copy. */
export interface TreeView {
  /** Its real path. */
  root: string;
  /** Whether an entry, by its path relative to `root`, would be left out of the copy. */
  hides: (path: string, isDirectory: boolean) => boolean;
}

const current = new AsyncLocalStorage<TreeView>();

/**
 * Runs `work` so that the functions of `files.ts` see a directory as a copy of it in another place: links that
 * leave it, absolute links, pipes, sockets, devices and what the view hides do not exist. What is outside
 * of the directory is seen as it is.
 */
export async function withView<T>(view: TreeView, work: () => Promise<T>): Promise<T> {
  return await current.run(view, work);
}

/**
 * The path at which an entry can be opened: without links below the root of the view.
 *
 * @param followsLast whether a link at the end of the path is followed.
 * @returns `undefined` if the view does not have the entry. Without a view, `path` itself.
 */
export async function visiblePath(path: string, followsLast = true): Promise<string | undefined> {
  const view = current.getStore();
  if (!view) return path;
  const way = relative(view.root, path);
  if (way === ".." || way.startsWith("../") || isAbsolute(way)) return path;
  return await walkDown(view, partsOf(way), followsLast);
}

/** As Linux does: a path with more links is a loop. */
const mostLinks = 40;

async function walkDown(
  view: TreeView,
  names: string[],
  followsLast: boolean,
): Promise<string | undefined> {
  let place = view.root;
  let left = names;
  for (let links = 0; links <= mostLinks;) {
    const [name, ...rest] = left;
    if (name === undefined) return place;
    if (name === ".." && place === view.root) return undefined;
    const next = name === ".." ? dirname(place) : join(place, name);
    const kind = await kindOf(view, next);
    if (kind === "hidden") return undefined;
    if (kind === "entry" || (rest.length === 0 && !followsLast)) {
      [place, left] = [next, rest];
      continue;
    }
    const target = await readlink(next);
    // Platforms link to the null device for a file without content.
    if (isAbsolute(target)) return target === "/dev/null" && rest.length === 0 ? target : undefined;
    left = [...partsOf(target), ...rest];
    links++;
  }
  return undefined;
}

async function kindOf(view: TreeView, path: string): Promise<"entry" | "link" | "hidden"> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats) return "hidden";
  const kept = stats.isFile() || stats.isDirectory() || stats.isSymbolicLink();
  const way = relative(view.root, path);
  if (!kept || (way !== "" && view.hides(way, stats.isDirectory()))) return "hidden";
  return stats.isSymbolicLink() ? "link" : "entry";
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}
