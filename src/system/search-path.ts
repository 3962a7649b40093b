import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { isFile } from "./files.ts";
import { visiblePath } from "./listing/tree-view.ts";

/** `PATH` in an image that does not set its own. */
export const imagePath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** `PATH` for the programs of this machine that we run for our own work, whatever the user's is. */
export const systemProgramsPath = "/usr/local/bin:/usr/bin:/bin";

/** The directories of a variable such as `PATH`, in order; empty entries are left out. */
export function searchPath(value: string | undefined): string[] {
  return (value ?? "").split(":").filter((directory) => directory !== "");
}

/** The path of a command that `PATH` has: the first executable file of this name. */
export async function findProgram(
  name: string,
  path: string | undefined,
): Promise<string | undefined> {
  return await findIn(searchPath(path), name, isExecutable);
}

/** The path of the first file of this name in these directories. */
export async function findFile(
  name: string,
  directories: readonly string[],
): Promise<string | undefined> {
  return await findIn(directories, name, isFile);
}

async function findIn(
  directories: readonly string[],
  name: string,
  matches: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const directory of directories) {
    const path = join(directory, name);
    if (await matches(path)) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  const place = await visiblePath(path);
  if (place === undefined || !(await isFile(place))) return false;
  return await access(place, constants.X_OK).then(
    () => true,
    () => false,
  );
}
