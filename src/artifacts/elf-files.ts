import glob from "fast-glob";
import { elfHeaderBytes, readElfHeader } from "../system/elf/elf.ts";

/**
 * The executables and shared libraries below a directory, whatever they are called. Object files are
 * left out: they need their symbols.
 */
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
    if (!stats?.isFile() || stats.size <= elfHeaderBytes) continue;
    const header = await readElfHeader(path);
    if (header && header.kind !== "other") found.push(path);
  }
  return found.sort();
}
