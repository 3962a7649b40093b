import { join } from "node:path";
import { readElfHeader } from "../../system/elf/elf.ts";

/**
 * The architecture of the programs in a root file system, as `process.arch` names it, read from its
 * shell. `undefined` without a shell, or for an architecture other than x64 and arm64. It may differ
 * from the machine's own, which can run other programs by emulation.
 */
export async function architectureOfRoot(root: string): Promise<string | undefined> {
  for (const name of ["usr/bin/dash", "usr/bin/bash", "bin/busybox", "bin/sh"]) {
    const header = await readElfHeader(join(root, name)).catch(() => undefined);
    if (header) return header.architecture === "amd64" ? "x64" : header.architecture;
  }
  return undefined;
}
