import { readFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import type { CorpusLockfile } from "./lockfile-mutations.ts";

const lockfiles = join(import.meta.dirname, "../../contract/oracle/lockfiles");

/** Every lockfile of the corpus, always in the same order. */
export async function readCorpus(): Promise<CorpusLockfile[]> {
  const names = (await glob("*/*.lock", { cwd: lockfiles })).sort();
  return await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(lockfiles, name), "utf8") })),
  );
}
