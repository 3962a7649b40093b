import { chmod, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { runCommand } from "../../system/command.ts";
import { moveMentions } from "../slug-root.ts";

/**
 * Replaces one directory by another in all text files of a tree, such as scripts and configuration.
 * Binaries are not changed.
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
 * Makes absolute links into the tree relative, so that they stay valid wherever the tree is moved.
 * `inside` is the path that the tree had when the links were made.
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

// Maps each byte to one character, whatever the encoding of the file.
const bytes = "latin1";

function asBytes(path: string): string {
  return Buffer.from(path).toString(bytes);
}

/** Package managers leave files that even their owner may not write to. */
async function overwrite(path: string, text: string): Promise<void> {
  const { mode } = await stat(path);
  await chmod(path, mode | 0o200);
  await writeFile(path, text, bytes);
  await chmod(path, mode & 0o7777);
}
