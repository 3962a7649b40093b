import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** One digest over names, kinds, modes, contents and link targets of a whole tree. */
export async function treeDigest(root: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(root, { recursive: true })).sort()) {
    const path = join(root, name);
    const entry = await lstat(path);
    hash.update(`${name} ${entry.mode.toString(8)}\n`);
    if (entry.isSymbolicLink()) hash.update(await readlink(path));
    if (entry.isFile()) hash.update(await readFile(path));
  }
  return hash.digest("hex");
}
