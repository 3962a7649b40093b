import { constants } from "node:fs";
import { chmod, open, readlink, rm, symlink } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { runCommand } from "../../system/command.ts";
import { moveMentions } from "../slug-root.ts";
import { systemProgramsPath } from "../../system/search-path.ts";

/**
 * Replaces one directory by another in all text files of a tree, such as scripts and configuration.
 * Binaries are not changed.
 */
export async function relocate(tree: string, from: string, to: string): Promise<void> {
  if (from === to) return;
  for (const path of await found("grep", ["-rlIZF", "-e", from, "--", tree])) {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const text = await file.readFile(bytes);
    const moved = moveMentions(text, asBytes(from), asBytes(to));
    if (moved !== text) await overwrite(path, (await file.stat()).mode, moved);
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
  const env = { PATH: systemProgramsPath, LC_ALL: "C" };
  const { stdout } = await runCommand({ file, args, cwd: "/", env });
  // A path that is not UTF-8 cannot be opened by its text.
  return stdout.split("\0").filter((path) => path !== "" && !path.includes("\u{FFFD}"));
}

// Maps each byte to one character, whatever the encoding of the file.
const bytes = "latin1";

function asBytes(path: string): string {
  return Buffer.from(path).toString(bytes);
}

/** Package managers leave files that even their owner may not write to. */
async function overwrite(path: string, mode: number, text: string): Promise<void> {
  await chmod(path, mode | 0o200);
  const { O_WRONLY, O_TRUNC, O_NOFOLLOW } = constants;
  await using file = await open(path, O_WRONLY | O_TRUNC | O_NOFOLLOW);
  await file.writeFile(text, bytes);
  await file.chmod(mode & 0o7777);
}
