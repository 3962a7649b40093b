import { getSystemErrorMessage } from "node:util";
import { BuildpackError } from "../failure.ts";

/**
 * The failure behind an error of a system call on a file, a directory or a program. `undefined` for any
 * other error, such as one of the network.
 */
export function systemFailure(error: unknown): BuildpackError | undefined {
  const { code = "", errno, syscall, path, dest } = error as NodeJS.ErrnoException & Destination;
  if (!(error instanceof Error) || errno === undefined || syscall === undefined) return undefined;
  if (/^(connect|getaddrinfo|bind|listen)/.test(syscall)) return undefined;
  const place = dest ?? path ?? (syscall === "uv_cwd" ? "the current directory" : syscall);
  if (["ENOSPC", "EDQUOT"].includes(code)) {
    return new BuildpackError({ code: "system/disk-full", path: place }, { cause: error });
  }
  return unusable(place, getSystemErrorMessage(errno), { cause: error });
}

interface Destination {
  /** Of a call with two paths, the second. */
  dest?: string;
}

export function unusable(path: string, problem: string, options?: ErrorOptions): BuildpackError {
  return new BuildpackError({ code: "system/file-unusable", path, problem }, options);
}
