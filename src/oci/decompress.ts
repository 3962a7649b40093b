import { open, rename } from "node:fs/promises";
import type { CommandResult } from "../system/command.ts";

/** Runs a program of the system with these arguments. */
export type RunTool = (
  file: string,
  args: string[],
) => Promise<Pick<CommandResult, "exitCode" | "lines">>;

/** The programs that decompress what Node cannot, by the bytes that such a file starts with. */
const compressions = [
  { tool: "bzip2", suffix: ".bz2", magic: Buffer.from("BZh") },
  { tool: "xz", suffix: ".xz", magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]) },
];

/**
 * Replaces an archive that was compressed with bzip2 or xz by the uncompressed one, at the same path.
 * Any other archive stays as it is.
 *
 * @returns what went wrong, if anything did.
 */
export async function decompress(archive: string, runTool?: RunTool): Promise<Error | undefined> {
  const head = await firstBytes(archive, 6);
  const found = compressions.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  if (!found) return undefined;
  if (!runTool) return new Error(`it is compressed with ${found.tool}, which cannot be read here`);
  // Both programs insist on the suffix, and write the file without it.
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
