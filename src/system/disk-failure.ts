import { BuildpackError } from "../failure.ts";

/**
 * What a failed write says about the machine: a full disk or a place that may not be written.
 * `undefined` for any other error.
 */
export function diskFailure(error: unknown, path: string): BuildpackError | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const options = { cause: error };
  if (fullCodes.has(code)) return new BuildpackError({ code: "system/disk-full", path }, options);
  if (!deniedCodes.has(code)) return undefined;
  return new BuildpackError({ code: "system/not-writable", path }, options);
}

const fullCodes = new Set(["ENOSPC", "EDQUOT"]);
// A file that stands where a directory has to be denies the place just as well.
const deniedCodes = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);
