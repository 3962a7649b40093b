import { chmodSync, existsSync, lstatSync, realpathSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import type { ReadEntry } from "tar";
import { runCommand } from "../system/command.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { isDirectory } from "../system/files.ts";
import { systemProgramsPath } from "../system/search-path.ts";
import { createEntryJudge } from "./archive-entry.ts";
import { extractTar } from "./tar-reader.ts";

/**
 * Unpacks an app, a slug, or the layers of an image one above the other, into an empty directory that
 * stands for `/`. Names count from there whether they are absolute or not. Modes stay, symbolic links
 * keep their targets wherever these are, and root keeps owners; but nothing is written through a link,
 * not even through one of an earlier archive.
 *
 * @param pipes - whether the archives may have named pipes, which are made then.
 * @throws Error that says what is wrong with an archive; BuildpackError `system/disk-full`.
 */
export async function unpackTree(
  archives: readonly string[],
  destination: string,
  { pipes = false }: { pipes?: boolean } = {},
): Promise<void> {
  await mkdir(destination, { recursive: true });
  const judge = createEntryJudge({ stripComponents: 0, links: "anywhere", pipes });
  const [modes, pipesToMake] = [new Map<string, number>(), new Set<string>()];
  const check = (entry: ReadEntry) => {
    makeRelative(entry);
    const name = normalize(entry.path).replace(/\/+$/, "");
    modes.delete(name);
    pipesToMake.delete(name);
    if (isPipe(entry)) pipesToMake.add(name);
    if (entry.mode !== undefined && !isLink(entry)) modes.set(name, entry.mode);
    return judge(entry);
  };
  for (const archive of archives) {
    const options = { archive, destination, stripComponents: 0, keepOwners: true, check };
    const problem = await extractTar({ ...options, omit: isPipe });
    if (problem) throw diskFailure(problem, destination) ?? problem;
  }
  await makePipes(destination, pipesToMake);
  setModes(destination, modes);
}

function isPipe({ type }: ReadEntry): boolean {
  return type === "FIFO";
}

/** The unpacker cannot make pipes. None is made through a link, or in place of a directory. */
async function makePipes(destination: string, names: ReadonlySet<string>): Promise<void> {
  const root = realpathSync.native(destination);
  for (const name of names) {
    const path = join(root, name);
    if (!isPlainDirectory(dirname(path)) || (await isDirectory(path))) continue;
    await rm(path, { force: true });
    const command = { file: "mkfifo", args: ["--", path], cwd: "/" };
    const { exitCode, stderr } = await runCommand({
      ...command,
      env: { PATH: systemProgramsPath },
    });
    if (exitCode !== 0) throw new Error(`\`${name}\` cannot be made: ${stderr}`);
  }
}

function makeRelative(entry: ReadEntry): void {
  entry.path = entry.path.replace(/^\/+/, "");
  const { type, linkpath } = entry;
  if (type === "Link" && linkpath) entry.linkpath = linkpath.replace(/^\/+/, "");
}

function isLink({ type }: ReadEntry): boolean {
  return type === "Link" || type === "SymbolicLink";
}

/**
 * The unpacker's modes lack what the umask takes away. Files come before their directories. A later entry may have put
 * a link in the place of an entry, or of a directory above it: no mode is set through a link.
 */
function setModes(destination: string, modes: ReadonlyMap<string, number>): void {
  const root = realpathSync.native(destination);
  const plain = new Map<string, boolean>();
  for (const [name, mode] of [...modes].toReversed()) {
    const path = join(root, name);
    const parent = dirname(path);
    const isPlain = plain.get(parent) ?? isPlainDirectory(parent);
    plain.set(parent, isPlain);
    if (!isPlain || (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? true))
      continue;
    chmodSync(path, mode & 0o7777);
  }
}

/** Whether a directory has no link in its path. */
function isPlainDirectory(path: string): boolean {
  return existsSync(path) && realpathSync.native(path) === path;
}
