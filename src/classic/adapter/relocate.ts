import { chmod, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { runCommand } from "../../system/command.ts";
import { moveMentions } from "../slug-root.ts";

/**
 * Turns every mention of one directory into one of another, in all text files of a tree: scripts'
 * first lines, configuration. Binaries stay as they are.
 */
export async function relocate(tree: string, from: string, to: string): Promise<void> {
  if (from === to) return;
  for (const path of await found("grep", ["-rlIZF", "-e", from, "--", tree])) {
    const text = await readFile(path, bytes);
    const moved = moveMentions(text, asBytes(from), asBytes(to));
    if (moved !== text) await overwrite(path, moved);
  }
}

/**
 * Makes links relative that lead from a tree into itself by the path `inside`, at which it was seen
 * when they were made: wherever the tree goes, they go with it.
 */
export async function makeLinksRelative(tree: string, inside: string): Promise<void> {
  for (const path of await found("find", [tree, "-type", "l", "-lname", "/*", "-print0"])) {
    const target = await readlink(path);
    if (!`${target}/`.startsWith(`${inside}/`)) continue;
    await rm(path);
    await symlink(relative(dirname(path), tree + target.slice(inside.length)) || ".", path);
  }
}

async function found(file: string, args: readonly string[]): Promise<string[]> {
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" };
  const { stdout } = await runCommand({ file, args, cwd: "/", env });
  return stdout.split("\0").filter((path) => path !== "");
}

// Whatever encoding a file is in, each of its bytes is a character here.
const bytes = "latin1";

function asBytes(path: string): string {
  return Buffer.from(path).toString(bytes);
}

/** Package managers leave files that not even their owner may write to. */
async function overwrite(path: string, text: string): Promise<void> {
  const { mode } = await stat(path);
  await chmod(path, mode | 0o200);
  await writeFile(path, text, bytes);
  await chmod(path, mode & 0o7777);
}
