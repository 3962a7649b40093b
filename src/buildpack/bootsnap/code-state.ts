import { type BigIntStats, lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { mayBeCompiled } from "../../ruby/bootsnap.ts";
import { imageTime } from "../../system/image-time.ts";
import { entriesOf } from "../../system/walk.ts";

/** What identifies the content of each file that bootsnap may compile, by its path. */
export type CodeState = ReadonlyMap<string, string>;

/**
 * Reads the state of all code in an app. A file whose content, time or path changes afterwards has another state:
 * only the kernel sets the time of the last change (`ctime`).
 *
 * @param sources files and directories, relative to `dir`. Links to directories are not followed. What cannot be read
 * has a state that {@link hasImageTimes} refuses.
 */
export function readCodeState(dir: string, sources: readonly string[]): CodeState {
  const state = new Map<string, string>();
  for (const source of sources) {
    try {
      addStates(state, join(dir, source));
    } catch (error) {
      state.set(join(dir, source), `unreadable ${(error as NodeJS.ErrnoException).code}`);
    }
  }
  return state;
}

function addStates(state: Map<string, string>, source: string): void {
  for (const { path } of entriesOf(source)) {
    // Two names that are not UTF-8 can look the same as text: their bytes do not.
    const name = path.toString("latin1");
    if (!mayBeCompiled(name)) continue;
    const entry = lstatSync(path, { bigint: true });
    if (!entry.isDirectory()) state.set(name, stateOf(path, entry));
  }
}

/** Whether each file has the time that it will have in an image. */
export function hasImageTimes(state: CodeState): boolean {
  return [...state.values()].every((entry) => entry.startsWith(`${imageTime}000000000 `));
}

/** The path of a file that is not the same in both, if there is one. */
export function findChange(before: CodeState, after: CodeState): string | undefined {
  const paths = new Set([...before.keys(), ...after.keys()]);
  const changed = [...paths].find((path) => before.get(path) !== after.get(path));
  return changed === undefined ? undefined : Buffer.from(changed, "latin1").toString();
}

function stateOf(path: Buffer, entry: BigIntStats): string {
  if (!entry.isSymbolicLink()) return describe(entry);
  const target = statSync(path, { bigint: true, throwIfNoEntry: false });
  // bootsnap compiles what a link leads to.
  return target === undefined ? "link to nothing" : `${describe(target)} ${describe(entry)}`;
}

function describe({ mtimeNs, ctimeNs, size, dev, ino, mode }: BigIntStats): string {
  return [mtimeNs, ctimeNs, size, dev, ino, mode].join(" ");
}
