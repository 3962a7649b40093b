import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** One digest over names, kinds, modes, contents and link targets of a whole tree. */
export async function treeDigest(root: string): Promise<string> {
  const hash = createHash("sha256");
  for (const [name, digest] of await entryDigests(root)) hash.update(`${name} ${digest}\n`);
  return hash.digest("hex");
}

/** The names that stand in only one of two trees, or for something else in the other; sorted. */
export async function differingNames(one: string, two: string): Promise<string[]> {
  const [first, second] = await Promise.all([entryDigests(one), entryDigests(two)]);
  const names = new Set([...first.keys(), ...second.keys()]);
  return [...names].filter((name) => first.get(name) !== second.get(name)).sort();
}

async function entryDigests(root: string): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const name of (await readdir(root, { recursive: true })).sort()) {
    const path = join(root, name);
    const entry = await lstat(path);
    const hash = createHash("sha256").update(`${entry.mode.toString(8)}\n`);
    if (entry.isSymbolicLink()) hash.update(await readlink(path));
    if (entry.isFile()) hash.update(await readFile(path));
    digests.set(name, hash.digest("hex"));
  }
  return digests;
}
