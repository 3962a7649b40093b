import { open } from "node:fs/promises";
import { join } from "node:path";

/**
 * The processor that the programs of a root file system are for, as `process.arch` names it, read from its
 * shell; `undefined` where that is none that we know. A machine may run programs of another by emulation.
 */
export async function architectureOfRoot(root: string): Promise<string | undefined> {
  for (const name of ["usr/bin/dash", "usr/bin/bash", "bin/busybox", "bin/sh"]) {
    const machine = await machineOf(join(root, name)).catch(() => undefined);
    if (machine !== undefined) return machines.get(machine);
  }
  return undefined;
}

/** ELF: the machine is a 16-bit number at offset 18, little-endian for both. */
async function machineOf(path: string): Promise<number | undefined> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(20), 0, 20, 0);
  const isElf = bytesRead === 20 && buffer.subarray(0, 4).equals(Buffer.from("\x7fELF", "latin1"));
  return isElf ? buffer.readUInt16LE(18) : undefined;
}

const machines = new Map([
  [0x3e, "x64"],
  [0xb7, "arm64"],
]);
