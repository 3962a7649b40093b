import { posix } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { readLinkInside } from "./open-inside.ts";

/**
 * Does something with an entry below `root`, or with the one that it leads to by symbolic links that stay below `root`.
 * `work` gets a path without links, and must use the functions of open-inside.ts with it: they refuse a link that
 * somebody has put there meanwhile.
 *
 * @param shown - the path of `root` for those who made the links, if they saw it elsewhere.
 * @throws BuildpackError `system/link-not-followed` for a link that leads out of `root`.
 */
export async function throughLinks<T>(
  root: string,
  path: string,
  work: (path: string) => Promise<T>,
  shown: string = root,
): Promise<T> {
  try {
    return await work(path);
  } catch (error) {
    if (!(error instanceof BuildpackError)) throw error;
    if (error.failure.code !== "system/link-not-followed") throw error;
    return await work(await resolveLinks({ root, shown }, path));
  }
}

/** What a link leads to need not exist. */
async function resolveLinks(
  { root, shown }: { root: string; shown: string },
  path: string,
): Promise<string> {
  const done: string[] = [];
  const left = namesIn(path);
  let links = 0;
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const place = posix.join(...done, name);
    const target = name === ".." ? undefined : await readLinkInside(root, place);
    if (target !== undefined) {
      links += 1;
      const isAbsolute = posix.isAbsolute(target);
      const isElsewhere = isAbsolute && !`${target}/`.startsWith(`${shown}/`);
      if (isElsewhere || links > mostLinks) throw linkAt(root, place);
      if (isAbsolute) done.length = 0;
      left.unshift(...namesIn(isAbsolute ? target.slice(shown.length) : target));
    } else if (name !== "..") done.push(name);
    else if (done.pop() === undefined) throw linkAt(root, path);
  }
  return done.join("/");
}

/** As many as Linux follows. */
const mostLinks = 40;

function namesIn(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

function linkAt(root: string, path: string): BuildpackError {
  return new BuildpackError({ code: "system/link-not-followed", path: posix.join(root, path) });
}
