import { chmod, lstat, mkdir, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import ignore from "ignore";
import { BuildpackError } from "../../failure.ts";
import { isDirectory } from "../../system/files.ts";
import {
  copyEntries,
  copyTreeContents,
  removeSpecialFiles,
  setImageTimes,
} from "../../system/tree.ts";

export interface AppFilter {
  include: readonly string[];
  exclude: readonly string[];
}

/**
 * Fills an empty directory with a copy of the app, as `pack` hands an app to a build: modes and links
 * stay, every time is that of files in images, sockets are left out. Patterns are gitignore's, from
 * the app's directory; parents of what is included come along. Nothing is ever written to `app`.
 *
 * @throws BuildpackError `platform/app-missing`, or `platform/usage` where the copy would be in the app.
 */
export async function copyApp(app: string, destination: string, filter: AppFilter): Promise<void> {
  if (!(await isDirectory(app)))
    throw new BuildpackError({ code: "platform/app-missing", path: app });
  await refuseInside(app, destination);
  try {
    await copyWanted(app, destination, filter);
  } catch (error) {
    if (error instanceof BuildpackError) throw error;
    throw new BuildpackError(
      { code: "platform/app-unreadable", path: app, problem: (error as Error).message },
      { cause: error },
    );
  }
  // How far others may look into the user's own directory says nothing of the image's.
  await chmod(destination, 0o755);
  await removeSpecialFiles(destination);
  await setImageTimes(destination);
}

async function copyWanted(app: string, destination: string, filter: AppFilter): Promise<void> {
  if (filter.include.length === 0 && filter.exclude.length === 0) {
    await copyTreeContents(app, destination);
    return;
  }
  const { files, emptyDirectories } = await entriesWanted(app, filter);
  await copyEntries(app, files, destination);
  for (const path of emptyDirectories) {
    await mkdir(join(destination, path), { recursive: true });
    await chmod(join(destination, path), (await lstat(join(app, path))).mode & 0o7777);
  }
}

async function refuseInside(app: string, destination: string): Promise<void> {
  await mkdir(destination, { recursive: true });
  const [outer, inner] = [await realpath(app), await realpath(destination)];
  if (!`${inner}/`.startsWith(`${outer}/`)) return;
  const problem = `The state folder would be inside the app, at \`${destination}\``;
  throw new BuildpackError({ code: "platform/usage", problem });
}

interface Entries {
  files: string[];
  /** Directories that are wanted though nothing in them is. */
  emptyDirectories: string[];
}

/** Relative paths of all that the filter lets through. */
async function entriesWanted(app: string, filter: AppFilter): Promise<Entries> {
  const isWanted = predicateOf(filter);
  const found: Entries = { files: [], emptyDirectories: [] };
  const walk = async (directory: string): Promise<void> => {
    for (const entry of await readdir(join(app, directory), { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) await enter(path);
      else if ((entry.isFile() || entry.isSymbolicLink()) && isWanted(path)) found.files.push(path);
    }
  };
  const enter = async (path: string): Promise<void> => {
    // Below what is excluded nothing can be wanted; below what is not included something can.
    if (filter.include.length === 0 && !isWanted(`${path}/`)) return;
    const before = found.files.length + found.emptyDirectories.length;
    await walk(path);
    const isEmpty = found.files.length + found.emptyDirectories.length === before;
    if (isEmpty && isWanted(`${path}/`)) found.emptyDirectories.push(path);
  };
  await walk("");
  return found;
}

function predicateOf({ include, exclude }: AppFilter): (path: string) => boolean {
  const matcher = ignore({ ignorecase: false }).add([...(include.length > 0 ? include : exclude)]);
  return (path) => matcher.ignores(path) === include.length > 0;
}
