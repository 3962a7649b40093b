import { BuildpackError } from "../failure.ts";
import { diskFailure } from "./disk-failure.ts";

/**
 * Writes to a place that the user has named.
 *
 * @throws BuildpackError `system/disk-full`, or `system/not-writable` for any other error.
 */
export async function writingTo<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BuildpackError) throw error;
    const failure = { code: "system/not-writable", path } as const;
    throw diskFailure(error, path) ?? new BuildpackError(failure, { cause: error });
  }
}
