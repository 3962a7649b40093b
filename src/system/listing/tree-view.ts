import { AsyncLocalStorage } from "node:async_hooks";
import { lstat, readlink } from "node:fs/promises";
import { dirname, isAbsolute, join, relative } from "node:path";
import { isWithin } from "../is-within.ts";

/** What can be seen of a directory while it is read where it is. */
export interface TreeView {
  /** Its real path. */
  root: string;
  /**
   * `copy`: as a copy of it in another place, where absolute links lead nowhere. `root`: as a root file system,
   * in which absolute links begin at its top.
   */
  as: "copy" | "root";
  /** Whether an entry, by its path relative to `root`, is left out. */
  hides?: (path: string, isDirectory: boolean) => boolean;
}

const current = new AsyncLocalStorage<readonly TreeView[]>();

/**
 * Runs `work` so that the functions of `files.ts` see only what belongs to a directory: links that leave it, pipes,
 * sockets, devices and what the view hides do not exist. What is outside of the directory is seen as it is, or as
 * by the views of the callers.
 */
export async function withView<T>(view: TreeView, work: () => Promise<T>): Promise<T> {
  return await current.run([view, ...(current.getStore() ?? [])], work);
}

/**
 * The path at which an entry can be opened: without links below the root of the view.
 *
 * @param followsLast whether a link at the end of the path is followed.
 * @returns `undefined` if the view does not have the entry. Without a view, `path` itself.
 */
export async function visiblePath(path: string, followsLast = true): Promise<string | undefined> {
  const all = current.getStore();
  if (!all) return path;
  const views = all.filter(({ root }) => isWithin(root, path));
  const [view] = views.sort((a, b) => b.root.length - a.root.length);
  if (!view) return path;
  return await walkDown(view, partsOf(relative(view.root, path)), followsLast);
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
    const next = step(view, place, name);
    const kind = next === undefined ? "hidden" : await kindOf(view, next);
    if (next === undefined || kind === "hidden") return undefined;
    if (kind === "entry" || (rest.length === 0 && !followsLast)) {
      [place, left] = [next, rest];
      continue;
    }
    const target = await readlink(next);
    // Platforms link to the null device for a file without content.
    if (target === "/dev/null" && rest.length === 0) return target;
    if (isAbsolute(target) && view.as === "copy") return undefined;
    if (isAbsolute(target)) place = view.root;
    left = [...partsOf(target), ...rest];
    links++;
  }
  return undefined;
}

function step(view: TreeView, place: string, name: string): string | undefined {
  if (name !== "..") return join(place, name);
  if (place !== view.root) return dirname(place);
  return view.as === "root" ? place : undefined;
}

async function kindOf(view: TreeView, path: string): Promise<"entry" | "link" | "hidden"> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats) return "hidden";
  const kept = stats.isFile() || stats.isDirectory() || stats.isSymbolicLink();
  const way = relative(view.root, path);
  if (!kept || (way !== "" && view.hides?.(way, stats.isDirectory()))) return "hidden";
  return stats.isSymbolicLink() ? "link" : "entry";
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}
