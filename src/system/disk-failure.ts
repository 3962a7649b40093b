import { BuildpackError } from "../failure.ts";

/**
 * What a failed write says about the machine: a full disk or a place that may not be written.
 * `undefined` for any other error.
 */
export function diskFailure(error: unknown, path: string): BuildpackError | undefined {
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    case "ENOSPC":
    case "EDQUOT":
      return new BuildpackError({ code: "system/disk-full", path }, { cause: error });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new BuildpackError({ code: "system/not-writable", path }, { cause: error });
    default:
      return undefined;
  }
}
