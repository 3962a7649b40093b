import { BuildpackError } from "../failure.ts";

/**
 * The failure behind an error of a write: the disk is full, or the path is not writable. `undefined`
 * for any other error.
 */
export function diskFailure(error: unknown, path: string): BuildpackError | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const options = { cause: error };
  if (fullCodes.has(code)) return new BuildpackError({ code: "system/disk-full", path }, options);
  if (!deniedCodes.has(code)) return undefined;
  return new BuildpackError({ code: "system/not-writable", path }, options);
}

const fullCodes = new Set(["ENOSPC", "EDQUOT"]);
// A file in place of a directory makes the path just as unusable.
const deniedCodes = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);
