import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readTextIfAny } from "./files.ts";

/**
 * The names of all Debian packages that are installed below `root`, or `undefined` on systems without
 * dpkg.
 */
export async function installedPackages(root = "/"): Promise<Set<string> | undefined> {
  const names = await readdir(listsIn(root)).catch((): string[] => []);
  const lists = names.filter((name) => name.endsWith(".list"));
  return lists.length === 0 ? undefined : new Set(lists.map(packageOfList));
}

/**
 * The installed Debian packages that own these files below `root`, by path, according to dpkg's
 * lists. Empty on systems without dpkg.
 */
export async function packagesWith(
  paths: readonly string[],
  root = "/",
): Promise<Map<string, string>> {
  const lists = listsIn(root);
  const names = await readdir(lists).catch((): string[] => []);
  const wanted = new Map(
    paths.flatMap((path) => spellings(inRoot(path)).map((spelt) => [spelt, path])),
  );
  const found = new Map<string, string>();
  if (paths.length === 0) return found;
  for (const name of names.filter((file) => file.endsWith(".list"))) {
    if (found.size === paths.length) break;
    const text = (await readTextIfAny(join(lists, name))) ?? "";
    for (const [spelt, path] of wanted) {
      if (text.startsWith(`${spelt}\n`) || text.includes(`\n${spelt}\n`))
        found.set(path, packageOfList(name));
    }
  }
  return found;

  function inRoot(path: string): string {
    return root === "/" ? path : path.slice(root.length);
  }
}

function listsIn(root: string): string {
  return join(root, "var/lib/dpkg/info");
}

function packageOfList(name: string): string {
  return name.replace(/(:[^.:]+)?\.list$/, "");
}

// If /lib is a link to /usr/lib, dpkg lists a file under one of the two names.
function spellings(path: string): string[] {
  const short = path.replace(/^\/usr\/(?=lib)/, "/");
  return [short, `/usr${short}`];
}
