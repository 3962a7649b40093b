import { chmod, lstat, mkdir, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { BuildpackError } from "../failure.ts";
import { runCommand } from "./command.ts";
import { lstatIfAny } from "./files.ts";
import { imageTime } from "./image-time.ts";

/**
 * Copies a tree as an archive of it would be extracted: modes and link targets stay, every file is a
 * file of its own, the times are now. Blocks are shared where the file system can share them.
 */
export async function copyTree(from: string, to: string): Promise<void> {
  await copy(["-R", "-P", "--preserve=mode", "--reflink=auto"], from, to);
}

/** As `copyTree`, into a directory that is there already, whose mode becomes that of `from`. */
export async function copyTreeContents(from: string, to: string): Promise<void> {
  await copyTree(`${from}/.`, to);
}

/** Copies files and links by their paths relative to `from`, and makes the directories they are in. */
export async function copyEntries(
  from: string,
  paths: readonly string[],
  to: string,
): Promise<void> {
  const options = ["-P", "--parents", "--preserve=mode", "--reflink=auto", "--"];
  // The kernel limits the length of a command line, to two million bytes as a rule.
  for (let start = 0; start < paths.length; start += pathsAtOnce) {
    const some = paths.slice(start, start + pathsAtOnce);
    const { exitCode, stderr } = await run("cp", [...options, ...some, to], from);
    if (exitCode !== 0) throw copyFailure(stderr, to);
  }
}

const pathsAtOnce = 1000;

/** Removes sockets, pipes and devices, which no archive of the tree would hold. */
export async function removeSpecialFiles(path: string): Promise<void> {
  const kinds = ["-type", "f", "-o", "-type", "d", "-o", "-type", "l"];
  const { exitCode, stderr } = await run("find", [path, "!", "(", ...kinds, ")", "-delete"]);
  if (exitCode !== 0) throw new Error(`find failed: ${stderr}`);
}

/** Copies a tree in which links, as mounted volumes have them, become what they lead to. */
export async function copyFollowingLinks(from: string, to: string): Promise<void> {
  await copy(["-R", "-L", "--preserve=mode"], from, to);
}

/** Gives every file of a tree that nobody writes to a second name in the same file system. */
export async function linkTree(from: string, to: string): Promise<void> {
  await copy(["-a", "-l"], from, to);
}

/**
 * Gives every file of a tree a symbolic link at the same place below another directory, which may be
 * there already; files that stand in the way are replaced.
 */
export async function linkInto(from: string, to: string): Promise<void> {
  await copy(["-R", "-s", "--remove-destination", "--no-target-directory"], from, to);
}

/**
 * Copies a tree as an image holds it: owners and modes stay, and every time is that of all files in
 * images, the first second of 1980.
 */
export async function copyTreeForImage(from: string, to: string): Promise<void> {
  await copy(["-R", "-P", "--preserve=mode,ownership", "--reflink=auto"], from, to);
  await setImageTimes(to);
}

/** Gives all files of a tree the time that files have in images. */
export async function setImageTimes(path: string): Promise<void> {
  await touchTree(path, ["-d", `@${imageTime}`]);
}

/** Gives all files of a tree the present time. */
export async function setPresentTimes(path: string): Promise<void> {
  await touchTree(path, []);
}

/** Moves a tree within its file system, also one whose top directory is read-only. */
export async function moveTree(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const { mode } = await lstat(from);
  const isReadOnly = (mode & 0o200) === 0;
  if (isReadOnly) await chmod(from, (mode & 0o7777) | 0o200);
  await rename(from, to);
  if (isReadOnly) await chmod(to, mode & 0o7777);
}

/** Removes a tree, also one with read-only directories, as some package managers leave them. */
export async function discardTree(path: string): Promise<void> {
  if (!(await lstatIfAny(path))) return;
  const removed = await run("rm", ["-rf", "--", path]);
  if (removed.exitCode === 0) return;
  await run("chmod", ["-R", "u+rwX", "--", path]);
  const { exitCode, stderr } = await run("rm", ["-rf", "--", path]);
  if (exitCode !== 0) throw new Error(`rm failed: ${stderr}`);
}

/** Gives trees to a user and a group, which only root may do; links are not followed. */
export async function giveTrees(
  paths: readonly string[],
  { uid, gid }: { uid: number; gid: number },
): Promise<void> {
  const { exitCode, stderr } = await run("chown", ["-R", "-h", `${uid}:${gid}`, "--", ...paths]);
  if (exitCode !== 0) throw new Error(`chown failed: ${stderr}`);
}

async function touchTree(path: string, options: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await run("find", [
    path,
    "-exec",
    "touch",
    "-h",
    ...options,
    "{}",
    "+",
  ]);
  if (exitCode !== 0) throw new Error(`touch failed: ${stderr}`);
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
  return new Error(`cp failed: ${stderr}`);
}

/** Programs of the system: for tens of thousands of files far faster than a call for each. */
async function run(file: string, args: readonly string[], cwd = "/") {
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" };
  return await runCommand({ file, args, cwd, env });
}
