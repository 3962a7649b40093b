import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { processIdentity } from "../../system/process-identity.ts";
import { currentName, readStoredBuild, type StoredBuild } from "./stored-build.ts";

/** A build that an app runs from. No later build removes it until it is released or we end. */
export interface BuildInUse {
  build: StoredBuild;
  release: () => Promise<void>;
}

/** Opens the current build of a state folder for as long as its app runs; nothing before the first. */
export async function openStoredBuild(state: string): Promise<BuildInUse | undefined> {
  for (;;) {
    const build = await readStoredBuild(state);
    if (!build) return undefined;
    const release = await markInUse(state, basename(build.path));
    // A build that became current before the mark was there may have removed this one.
    if ((await currentName(state)) === basename(build.path)) return { build, release };
    await release();
  }
}

/** The names of the builds that running processes use. Marks of processes that ended are removed. */
export async function buildsInUse(state: string): Promise<string[]> {
  const names: string[] = [];
  for (const mark of await readdir(directoryOf(state)).catch(() => [])) {
    const [name = "", pid = ""] = mark.split("-");
    const identity = await readFile(join(directoryOf(state), mark), "utf8").catch(() => "");
    if (identity !== "" && (await processIdentity(Number(pid))) === identity) names.push(name);
    else await rm(join(directoryOf(state), mark), { force: true });
  }
  return names;
}

async function markInUse(state: string, name: string): Promise<() => Promise<void>> {
  const mark = join(directoryOf(state), `${name}-${process.pid}`);
  await mkdir(directoryOf(state), { recursive: true });
  await writeFile(mark, (await processIdentity(process.pid)) ?? "");
  return async () => await rm(mark, { force: true });
}

function directoryOf(state: string): string {
  return join(state, "in-use");
}
