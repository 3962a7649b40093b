import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { BuildpackError } from "../failure.ts";
import { diskFailure } from "./disk-failure.ts";
import { isDirectory } from "./files.ts";

/**
 * Writes to a place that the user has named.
 *
 * @throws BuildpackError `system/disk-full`, or `system/not-writable` for any other error.
 */
export async function writingTo(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof BuildpackError) throw error;
    const failure = { code: "system/not-writable", path } as const;
    throw diskFailure(error, path) ?? new BuildpackError(failure, { cause: error });
  }
}

/**
 * Makes a directory and its parents. Node's recursive `mkdir` never ends on a file system without
 * directories to make, such as `/proc`.
 */
export async function makeDirectories(path: string): Promise<void> {
  if (await isDirectory(path)) return;
  await makeDirectories(dirname(path));
  await mkdir(path);
}
