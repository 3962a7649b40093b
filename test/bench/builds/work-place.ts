import { statfs } from "node:fs/promises";
import { freemem, tmpdir } from "node:os";

/** A directory for everything that is built. */
export interface WorkPlace {
  path: string;
  kind: "in memory" | "on the disk";
}

/**
 * A place in memory, if there is enough of it. On a disk, a build also pays for what earlier builds have deleted: before ext4
 * creates a file, it looks at all that were deleted in the last minutes.
 */
export async function chooseWorkPlace(): Promise<WorkPlace> {
  const free = Math.min(await freeIn(memory), freemem());
  return free > enough
    ? { path: memory, kind: "in memory" }
    : { path: tmpdir(), kind: "on the disk" };
}

const memory = "/dev/shm";
// Three subjects with their app, image, cache and gem store, and what is copied for each build.
const enough = 8 * 2 ** 30;

async function freeIn(directory: string): Promise<number> {
  const stats = await statfs(directory).catch(() => undefined);
  return stats === undefined ? 0 : stats.bavail * stats.bsize;
}
