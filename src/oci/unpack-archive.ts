import { BuildpackError } from "../failure.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { createEntryJudge } from "./archive-entry.ts";
import { decompress, type RunTool } from "./decompress.ts";
import { extractTar } from "./tar-reader.ts";

export interface UnpackRequest {
  /**
   * A tar archive, uncompressed or compressed with gzip, zstd, xz or bzip2. An archive in xz or bzip2
   * is replaced by the uncompressed one.
   */
  archive: string;
  /** An empty directory. */
  destination: string;
  /** How many leading components of each path are dropped; none by default. */
  stripComponents?: number;
  /** Runs `xz` or `bzip2`. Without it, archives that need them are refused. */
  runTool?: RunTool;
}

/**
 * Unpacks an archive that came from elsewhere: nothing is written outside of `destination`, no link
 * leads out of it, no device is made, set-uid bits and owners are dropped, and an archive that ends
 * early is refused. After a failure the destination holds an unknown part of it.
 *
 * @throws BuildpackError `artifact/unpack-failed` with the name of the entry; `system/disk-full`.
 */
export async function unpackArchive(request: UnpackRequest): Promise<void> {
  const { archive: path, destination, runTool } = request;
  const problem = (await decompress(path, runTool)) ?? (await extract(request));
  if (!problem) return;
  const failure = { code: "artifact/unpack-failed", path, problem: problem.message } as const;
  throw diskFailure(problem, destination) ?? new BuildpackError(failure, { cause: problem });
}

async function extract({
  archive,
  destination,
  stripComponents = 0,
}: UnpackRequest): Promise<Error | undefined> {
  const judge = createEntryJudge({ stripComponents, links: "inside" });
  return await extractTar({
    ...{ archive, destination, stripComponents, keepOwners: false },
    check: (entry) => {
      if (entry.mode) entry.mode &= 0o777;
      return judge(entry);
    },
  });
}
