import { readdir, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { diskFailure } from "../../system/disk-failure.ts";
import { lstatIfAny, makeDirectories } from "../../system/files.ts";
import { readStoredBuild } from "./stored-build.ts";

/**
 * Checks that a directory may keep builds, which replace and delete its content, and resolves to its real
 * path. A missing directory is made, readable only by its owner, because layers may contain secrets. An
 * empty one is marked. One that is marked already, or that version 0.1.0 made, is accepted.
 *
 * @param chosenByUs - whether the path itself shows that it is ours, because the user named no other.
 * @throws BuildpackError `platform/state-foreign` for any other directory, which is then not changed;
 * `system/not-writable`, `system/disk-full`.
 */
export async function claimState(directory: string, chosenByUs = false): Promise<string> {
  try {
    await makeDirectories(directory, 0o700);
    const path = await realpath(directory);
    await refuseForeign(path, chosenByUs);
    await mark(path);
    return path;
  } catch (error) {
    if (error instanceof BuildpackError) throw error;
    const failure = { code: "system/not-writable", path: directory } as const;
    throw diskFailure(error, directory) ?? new BuildpackError(failure, { cause: error });
  }
}

/** The file that marks a state directory. */
export const stateMark = ".lapidary-state";

const explanation =
  "Lapidary keeps builds of an app in this directory. Each build deletes what it no longer needs.\n";

async function refuseForeign(path: string, chosenByUs: boolean): Promise<void> {
  const entries = await readdir(path);
  if (entries.includes(stateMark) && (await lstatIfAny(join(path, stateMark)))?.isFile()) return;
  const strangers = entries.filter((name) => !isOurs(name)).sort();
  const isKnown = chosenByUs || entries.length === 0 || (await readStoredBuild(path));
  if (strangers.length === 0 && isKnown) return;
  const shown = strangers.length > 0 ? strangers : entries.sort();
  throw new BuildpackError({ code: "platform/state-foreign", path, entries: shown.slice(0, 5) });
}

/** The names in state directories of version 0.1.0, which had no mark. */
function isOurs(name: string): boolean {
  return /^(lock|export\.lock|run\.lock)(\.takeover|\.[0-9a-f]{12})?$/.test(name) || ours.has(name);
}

const ours: ReadonlySet<string> = new Set(
  "work builds current current.next in-use run export scratch".split(" "),
);

async function mark(path: string): Promise<void> {
  try {
    await writeFile(join(path, stateMark), explanation, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
