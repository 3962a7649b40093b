import glob from "fast-glob";
import { open } from "node:fs/promises";

/** The executables and shared libraries below a directory, found by their first bytes. */
export async function findElfFiles(directory: string): Promise<string[]> {
  const files = await glob("**", {
    cwd: directory,
    absolute: true,
    dot: true,
    followSymbolicLinks: false,
    onlyFiles: true,
    stats: true,
  });
  const found: string[] = [];
  for (const { path, stats } of files) {
    if (stats?.isFile() && stats.size > headerBytes && (await isElf(path))) found.push(path);
  }
  return found.sort();
}

const headerBytes = 64;

async function isElf(path: string): Promise<boolean> {
  await using file = await open(path);
  const header = Buffer.alloc(18);
  await file.read(header, 0, header.length, 0);
  if (header.readUInt32BE(0) !== 0x7f454c46) return false;
  // `e_type` in the file's own byte order: 2 executable, 3 shared. Object files keep their symbols.
  const type = header[5] === 2 ? header.readUInt16BE(16) : header.readUInt16LE(16);
  return type === 2 || type === 3;
}
