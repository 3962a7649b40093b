import { mkdir, realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { BuildpackError } from "../failure.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { isDirectory } from "../system/files.ts";

/**
 * Makes a directory that only its owner can read, because layers may hold secrets and the app may come
 * from a private directory. Resolves to its real path; a directory that exists stays as it is.
 *
 * @throws BuildpackError `system/not-writable`, `system/disk-full`.
 */
export async function makePrivateDirectory(path: string): Promise<string> {
  try {
    await makeParents(path);
    return await realpath(path);
  } catch (error) {
    const failure = { code: "system/not-writable", path } as const;
    throw diskFailure(error, path) ?? new BuildpackError(failure, { cause: error });
  }
}

/** Node's recursive `mkdir` never ends on a file system without directories to make, such as `/proc`. */
async function makeParents(path: string): Promise<void> {
  if (await isDirectory(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeParents(parent);
  await mkdir(path, { mode: 0o700 });
}
