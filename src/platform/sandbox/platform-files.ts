import { mkdir, mkdtemp, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { directoryEntry, fileEntry, tarOf, type TarOwner } from "../../oci/tar.ts";
import { isDirectory } from "../../system/files.ts";

/** What `<platform>` contains: variables and bindings, which may be secrets. */
export interface PlatformFiles {
  /** Relative to `<platform>`. A parent comes before what is in it. */
  directories: readonly string[];
  /** By path relative to `<platform>`. */
  files: ReadonlyMap<string, Buffer>;
}

/** The files as a tar archive, for their owner alone. */
export function platformArchive({ directories, files }: PlatformFiles, owner: TarOwner): Buffer {
  const entries = [
    ...directories.map((path) => directoryEntry(path, owner, 0o700)),
    ...[...files].map(([path, content]) => fileEntry(path, content, owner, 0o600)),
  ];
  return Buffer.concat([...tarOf(entries)]);
}

/** Writes the files into a directory, for their owner alone. */
export async function writePlatformFiles(
  directory: string,
  { directories, files }: PlatformFiles,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const path of directories) {
    await mkdir(join(directory, path), { recursive: true, mode: 0o700 });
  }
  for (const [path, content] of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true, mode: 0o700 });
    await writeFile(join(directory, path), content, { mode: 0o600 });
  }
}

/**
 * Makes a directory for secrets that only we can enter: on a file system in memory if there is one, so
 * that nothing of it is left on a disk if we are killed.
 *
 * @param shared - whether another user has to reach it.
 */
export async function makeSecretDirectory(shared: boolean): Promise<string> {
  // Another user cannot enter the directory that systemd makes for each user who is logged in.
  const own = shared ? [] : [`/run/user/${process.getuid?.() ?? 0}`];
  for (const base of [...own, "/dev/shm"]) {
    if (!(await isInMemory(base))) continue;
    const made = await mkdtemp(join(base, "lapidary-")).catch(() => undefined);
    if (made !== undefined) return made;
  }
  return await mkdtemp(join(tmpdir(), "lapidary-"));
}

async function isInMemory(path: string): Promise<boolean> {
  if (!(await isDirectory(path))) return false;
  const { type } = await statfs(path);
  return type === tmpfs;
}

/** `TMPFS_MAGIC` of the kernel. */
const tmpfs = 0x01021994;
