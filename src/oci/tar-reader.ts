import { createReadStream } from "node:fs";
import { list, ReadEntry, UnpackSync } from "tar";

export interface ExtractRequest {
  /** A tar archive, uncompressed or compressed with gzip or zstd. */
  archive: string;
  /** A directory that exists. */
  destination: string;
  /** How many leading components of each path are dropped. */
  stripComponents: number;
  /** Whether root gives files the owners that the archive names. Other users never can. */
  keepOwners: boolean;
  /**
   * Decides about each entry before it is unpacked, and may correct its fields. A returned text is the
   * reason why the archive must not be unpacked.
   */
  check: (entry: ReadEntry) => string | undefined;
  /** Whether an entry that may be unpacked is left out. */
  omit?: (entry: ReadEntry) => boolean;
}

/**
 * Unpacks a tar archive entry by entry, up to the first problem. It looks at no path by itself: `check`
 * must refuse every entry that would be written outside of `destination`.
 *
 * @returns what went wrong, if anything did; the destination then holds an unknown part of the archive.
 */
export async function extractTar(request: ExtractRequest): Promise<Error | undefined> {
  let problem: Error | undefined;
  let sawEnd = false;
  const refuse = (reason: Error) => (problem ??= inWords(reason));
  const unpack = createUnpack(request, refuse);
  unpack.on("nullBlock", () => (sawEnd = true));
  unpack.on("error", refuse);
  for await (const chunk of createReadStream(request.archive, { highWaterMark: chunkBytes })) {
    unpack.write(chunk as Buffer);
    if (problem) return problem;
  }
  unpack.end();
  return problem ?? (sawEnd ? undefined : new Error("it ends early"));
}

function inWords(error: Error): Error {
  const isOther = error.message.includes("Unrecognized archive format");
  return isOther ? new Error("it is not a tar archive", { cause: error }) : error;
}

const chunkBytes = 256 * 1024;

/**
 * The synchronous unpacker is several times as fast as the other one, and has no write under way when
 * a problem shows. Other work gets its turn between two chunks.
 */
function createUnpack(request: ExtractRequest, refuse: (reason: Error) => void): UnpackSync {
  return new UnpackSync({
    cwd: request.destination,
    strip: request.stripComponents,
    strict: true,
    // `check` has looked at the paths. The unpacker's own check of each directory on the way to each
    // file would take most of its time.
    preservePaths: true,
    preserveOwner: request.keepOwners && process.getuid?.() === 0,
    filter: (_path, entry) => {
      if (!(entry instanceof ReadEntry)) return false;
      const reason = request.check(entry);
      if (reason) refuse(new Error(`\`${entry.path}\` ${reason}`));
      return reason === undefined && !(request.omit?.(entry) ?? false);
    },
  });
}

/** An entry of an archive, as far as a reader needs it. */
export interface ListedEntry {
  /** As the archive names it, without a leading or trailing slash. */
  path: string;
  isFile: boolean;
  size: number;
}

/**
 * Reads a tar archive, uncompressed or compressed with gzip or zstd, without unpacking it.
 *
 * @param see - is called for each entry in turn; if it returns a function, this gets the content of the file.
 * @throws Error if it is not such an archive.
 */
export async function listTar(
  archive: string,
  see: (entry: ListedEntry) => ((content: Buffer) => void) | undefined,
): Promise<void> {
  const onReadEntry = (entry: ReadEntry) => {
    const path = entry.path.replace(/^(\.?\/)+|\/+$/g, "");
    const take = see({ path, isFile: isPlainFile(entry), size: entry.size });
    if (!take) return;
    const chunks: Buffer[] = [];
    entry.on("data", (chunk) => chunks.push(chunk));
    entry.on("end", () => take(Buffer.concat(chunks)));
  };
  await list({ file: archive, strict: true, onReadEntry }).catch((error: unknown) => {
    throw inWords(error as Error);
  });
}

function isPlainFile({ type }: ReadEntry): boolean {
  return type === "File" || type === "OldFile" || type === "ContiguousFile";
}
