import { createReadStream } from "node:fs";
import { open, rename } from "node:fs/promises";
import { ReadEntry, UnpackSync } from "tar";
import { BuildpackError } from "../failure.ts";
import { createEntryJudge } from "./archive-entry.ts";
import type { CommandResult } from "./command.ts";
import { diskFailure } from "./disk-failure.ts";

export interface UnpackRequest {
  /** A tar archive, bare or compressed with gzip, zstd, xz or bzip2; the last two use it up. */
  archive: string;
  /** A directory that exists. */
  destination: string;
  /** Leading directories of each path that are dropped. */
  stripComponents: number;
  /** Runs `xz` or `bzip2`, which Node lacks, where the archive needs it. */
  runTool: (file: string, args: string[]) => Promise<Pick<CommandResult, "exitCode" | "lines">>;
}

/**
 * Unpacks an archive strictly: nothing is written outside `destination`, no link leads out of it, no
 * device is made, no set-uid bit or owner is taken over, and an archive that ends early is refused.
 * After a failure the destination holds an unknown part of it.
 *
 * @throws BuildpackError `artifact/unpack-failed` naming the entry; `system/disk-full`.
 */
export async function unpackArchive(request: UnpackRequest): Promise<void> {
  const problem = (await decompress(request)) ?? (await extract(request));
  if (!problem) return;
  const { archive: path, destination } = request;
  const failure = { code: "artifact/unpack-failed", path, problem: problem.message } as const;
  throw diskFailure(problem, destination) ?? new BuildpackError(failure, { cause: problem });
}

/** The tools that an archive may need, by the bytes with which it then begins. */
const compressions = [
  { tool: "bzip2", suffix: ".bz2", magic: Buffer.from("BZh") },
  { tool: "xz", suffix: ".xz", magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]) },
];

/** Replaces an archive that `xz` or `bzip2` made by the bare one within. */
async function decompress({ archive, runTool }: UnpackRequest): Promise<Error | undefined> {
  const head = await firstBytes(archive, 6);
  const found = compressions.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  if (!found) return undefined;
  // Both tools insist on the suffix and write the file without it.
  await rename(archive, archive + found.suffix);
  const { exitCode, lines } = await runTool(found.tool, ["-d", archive + found.suffix]);
  if (exitCode === 0) return undefined;
  if (exitCode === 127) return new Error(`it needs \`${found.tool}\`, which is not installed`);
  return new Error(lines.at(-1) ?? `\`${found.tool}\` ended with exit code ${exitCode}`);
}

async function firstBytes(path: string, count: number): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
  return buffer.subarray(0, bytesRead);
}

async function extract(request: UnpackRequest): Promise<Error | undefined> {
  let problem: Error | undefined;
  let sawEnd = false;
  const refuse = (reason: Error) => (problem ??= reason);
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

const chunkBytes = 256 * 1024;

/**
 * The synchronous unpacker: several times as fast as the other, and no write is under way when a
 * problem shows. Between two chunks, other work has its turn.
 */
function createUnpack(request: UnpackRequest, refuse: (reason: Error) => void): UnpackSync {
  const judge = createEntryJudge(request.stripComponents);
  return new UnpackSync({
    cwd: request.destination,
    strip: request.stripComponents,
    strict: true,
    // The judge has looked at the paths; that the unpacker does so, too, for each directory on the way to
    // each file, takes most of its time.
    preservePaths: true,
    preserveOwner: false,
    filter: (_path, entry) => {
      if (!(entry instanceof ReadEntry)) return false;
      const reason = judge(entry);
      if (reason) refuse(new Error(`\`${entry.path}\` ${reason}`));
      if (entry.mode) entry.mode &= 0o777;
      return reason === undefined;
    },
  });
}
