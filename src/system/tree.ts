import { constants, rmSync, symlinkSync } from "node:fs";
import { chmod, lstat, mkdir, open, readdir, rename, rmdir, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BuildpackError } from "../failure.ts";
import { runCommand } from "./command.ts";
import { lstatIfAny } from "./files.ts";
import { imageTime } from "./image-time.ts";
import { unusable } from "./system-failure.ts";
import { systemProgramsPath } from "./search-path.ts";

/**
 * Copies a tree as if it were extracted from an archive: modes and link targets stay, hard links become
 * separate files, and the times are now. Blocks are shared if the file system can share them.
 */
export async function copyTree(from: string, to: string): Promise<void> {
  await copy(["-R", "-P", "--preserve=mode", "--reflink=auto"], from, to);
}

/** Like `copyTree`, but into a directory that exists already. It gets the mode of `from`. */
export async function copyTreeContents(from: string, to: string): Promise<void> {
  await copyTree(`${from}/.`, to);
}

/** Like `copyTreeContents`, but everything keeps its time. */
export async function copyTreeWithTimes(from: string, to: string): Promise<void> {
  await copy(["-R", "-P", "--preserve=mode,timestamps", "--reflink=auto"], `${from}/.`, to);
}

/**
 * Copies files, links and pipes with their times, given by paths relative to `from`, and makes their parent
 * directories.
 */
export async function copyEntries(
  from: string,
  paths: readonly string[],
  to: string,
): Promise<void> {
  // Without `-R`, cp would wait for somebody who writes into a pipe.
  const options = ["-R", "-P", "--parents", "--preserve=mode,timestamps", "--reflink=auto", "--"];
  // The kernel limits the length of a command line, usually to two million bytes.
  for (let start = 0; start < paths.length; start += pathsAtOnce) {
    const some = paths.slice(start, start + pathsAtOnce);
    const { exitCode, stderr } = await run("cp", [...options, ...some, to], from);
    if (exitCode !== 0) throw copyFailure(stderr, to);
  }
}

const pathsAtOnce = 1000;

/** Copies trees and files, given by paths relative to `from`, and makes their parent directories. */
export async function copyPieces(
  from: string,
  paths: readonly string[],
  to: string,
): Promise<void> {
  const options = ["-R", "-P", "--parents", "--preserve=mode", "--reflink=auto", "--"];
  const { exitCode, stderr } = await run("cp", [...options, ...paths, to], from);
  if (exitCode !== 0) throw copyFailure(stderr, to);
}

/** Copies trees into a directory as far as they can be read. */
export async function copyTreesInto(paths: readonly string[], directory: string): Promise<void> {
  const options = ["-R", "-P", "--preserve=mode", "--reflink=auto", "--"];
  for (let start = 0; start < paths.length; start += pathsAtOnce) {
    await run("cp", [...options, ...paths.slice(start, start + pathsAtOnce), directory]);
  }
}

/** Removes sockets and devices, which an archive of the tree would not contain, and all other kinds but `kept`. */
export async function removeSpecialFiles(
  path: string,
  kept: "files, directories and links" | "pipes, too" = "files, directories and links",
): Promise<void> {
  const letters = ["f", "d", "l", ...(kept === "pipes, too" ? ["p"] : [])];
  const kinds = letters.flatMap((letter) => ["-o", "-type", letter]).slice(1);
  const { exitCode, stderr } = await run("find", [path, "!", "(", ...kinds, ")", "-delete"]);
  if (exitCode !== 0) throw failed("find", stderr, path);
}

/** Copies a tree and follows its links, which mounted volumes consist of. */
export async function copyFollowingLinks(from: string, to: string): Promise<void> {
  await copy(["-R", "-L", "--preserve=mode"], from, to);
}

/** Makes a copy of a tree by hard links. Nobody may write to its files. */
export async function linkTree(from: string, to: string): Promise<void> {
  await copy(["-a", "-l"], from, to);
}

/**
 * Makes symbolic links in one directory to files of another, at the same paths below both. Files that are in the
 * way are replaced. The files themselves need not exist.
 */
export async function linkFiles(from: string, paths: readonly string[], to: string): Promise<void> {
  const parents = new Set(paths.map((path) => dirname(join(to, path))));
  await Promise.all([...parents].map((parent) => mkdir(parent, { recursive: true })));
  // Synchronous calls: for thousands of links, asynchronous ones take several times as long.
  for (const path of paths) replaceByLink(join(from, path), join(to, path));
}

function replaceByLink(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    rmSync(path);
    symlinkSync(target, path);
  }
}

/** Copies a tree as an image contains it: with owners and modes, and the time of files in images. */
export async function copyTreeForImage(from: string, to: string): Promise<void> {
  await copy(["-R", "-P", "--preserve=mode,ownership", "--reflink=auto"], from, to);
  await setImageTimes(to);
}

/** Gives all files of a tree the time of files in images. */
export async function setImageTimes(path: string): Promise<void> {
  await touchTree(path, ["-d", `@${imageTime}`]);
}

/** Gives all files of a tree the present time of modification. Times of access stay. */
export async function setPresentTimes(path: string): Promise<void> {
  await touchTree(path, ["-m"]);
}

/** Gives all files of a tree a time of access, in seconds since 1970. Times of modification stay. */
export async function setAccessTimes(path: string, seconds: number): Promise<void> {
  await touchTree(path, ["-a", "-d", `@${seconds}`]);
}

/** Moves a tree within its file system, even if its top directory is read-only. */
export async function moveTree(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const { mode } = await lstat(from);
  const isReadOnly = (mode & 0o200) === 0;
  if (isReadOnly) await chmod(from, (mode & 0o7777) | 0o200);
  await rename(from, to);
  if (isReadOnly) await chmod(to, mode & 0o7777);
}

/** Removes a tree, even one with read-only directories, which some package managers leave behind. */
export async function discardTree(path: string): Promise<void> {
  if (!(await lstatIfAny(path)) || (await removeFlat(path))) return;
  const removed = await run("rm", ["-rf", "--", path]);
  if (removed.exitCode === 0) return;
  await run("chmod", ["-R", "u+rwX", "--", path]);
  const { exitCode, stderr } = await run("rm", ["-rf", "--", path]);
  if (exitCode !== 0) throw failed("rm", stderr, path);
}

/**
 * Removes a directory that holds only a few files without starting a process, which would take longer.
 * The directory is held open, so that nobody can put a link in its place meanwhile (Linux).
 */
async function removeFlat(path: string): Promise<boolean> {
  try {
    await using directory = await open(path, O_PATH | O_NOFOLLOW | O_DIRECTORY);
    const held = `/proc/self/fd/${directory.fd}`;
    const names = await readdir(held);
    if (names.length > fewFiles) return false;
    for (const name of names) await unlink(join(held, name));
    await rmdir(path);
    return true;
  } catch {
    return false;
  }
}

const fewFiles = 32;
const { O_NOFOLLOW, O_DIRECTORY } = constants;
/** Opens an entry without reading it (`open(2)`). Node does not define this flag. */
const O_PATH = 0o10_000_000;

/** Gives trees to a user and a group, which only root may do. Links are not followed. */
export async function giveTrees(
  paths: readonly string[],
  { uid, gid }: { uid: number; gid: number },
): Promise<void> {
  const { exitCode, stderr } = await run("chown", ["-R", "-h", `${uid}:${gid}`, "--", ...paths]);
  if (exitCode !== 0) throw failed("chown", stderr, paths.join(", "));
}

/** The files in directories that have setuid or setgid bits, by their paths relative to these, with all bits of their modes. */
export async function filesWithSpecialBits(
  directories: readonly string[],
): Promise<{ directory: string; path: string; mode: number }[]> {
  const print = ["-type", "f", "-perm", "/6000", "-printf", String.raw`%H\0%P\0%m\0`];
  const { exitCode, stdout, stderr } = await run("find", [...directories, ...print]);
  if (exitCode !== 0) throw failed("find", stderr, directories.join(", "));
  const fields = stdout.split("\0");
  return Array.from({ length: Math.floor(fields.length / 3) }, (_, index) => {
    const [directory = "", path = "", mode = ""] = fields.slice(index * 3, index * 3 + 3);
    return { directory, path, mode: Number.parseInt(mode, 8) };
  });
}

/** Whether every user of the machine may read all of a tree, once they may enter it. */
export async function isReadableByAll(path: string): Promise<boolean> {
  const closed = [
    "(",
    "-type",
    "d",
    "!",
    "-perm",
    "-005",
    "-o",
    "-type",
    "f",
    "!",
    "-perm",
    "-004",
  ];
  const { exitCode, stdout, stderr } = await run("find", [path, ...closed, ")", "-print", "-quit"]);
  if (exitCode !== 0) throw failed("find", stderr, path);
  return stdout.trim() === "";
}

/** Lets every user of the machine read a tree, and execute what its owner may execute. */
export async function makeReadableByAll(path: string): Promise<void> {
  const { exitCode, stderr } = await run("chmod", ["-R", "a+rX", "--", path]);
  if (exitCode !== 0) throw failed("chmod", stderr, path);
}

// Files may vanish while this runs.
async function touchTree(path: string, options: readonly string[]): Promise<void> {
  const touch = ["touch", "-c", "-h", ...options, "{}", "+"];
  const { exitCode, stderr } = await run("find", [path, "-ignore_readdir_race", "-exec", ...touch]);
  if (exitCode !== 0) throw failed("touch", stderr, path);
}

async function copy(options: readonly string[], from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const { exitCode, stderr } = await run("cp", [...options, "--", from, to]);
  if (exitCode !== 0) throw copyFailure(stderr, to);
}

function copyFailure(stderr: string, to: string): Error {
  if (stderr.includes("No space left on device")) {
    return new BuildpackError({ code: "system/disk-full", path: to });
  }
  return failed("cp", stderr, to);
}

/** What a program of the system said last, without its own name and the path that it repeats. */
function failed(program: string, stderr: string, path: string): BuildpackError {
  const said = stderr.trim().split("\n").at(-1) ?? "";
  return unusable(path, said === "" ? `${program} failed` : said);
}

/** Runs a program of the system. For tens of thousands of files, that is far faster than one call each. */
async function run(file: string, args: readonly string[], cwd = "/") {
  const env = { PATH: systemProgramsPath, LC_ALL: "C" };
  return await runCommand({ file, args, cwd, env });
}
