import { constants, copyFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BuildpackError } from "../../failure.ts";
import { isDirectory, isFile, readTextIfAny } from "../../system/files.ts";
import { decompress } from "../../oci/decompress.ts";
import { unpackTree } from "../../oci/unpack-tree.ts";
import { runCommand } from "../../system/command.ts";
import { copyApp } from "../../platform/inputs/app-copy.ts";
import { cloneRepository, type GitEnv } from "./git.ts";
import { systemProgramsPath } from "../../system/search-path.ts";

/**
 * Checks an app out of its source into `destination`. The source is a directory or a tar archive. It
 * holds the app's files, or one directory that holds them, or a bare git repository, of which the
 * newest commit is taken. Git's own files and the files that `.slugignore` names are left out.
 * `results` are absolute paths that are left out too, because the command writes to them. `scratch` is an empty directory.
 *
 * @throws BuildpackError `classic/source-unusable`.
 */
export async function checkOut(
  source: string,
  destination: string,
  { scratch, env, results }: { scratch: string; env: GitEnv; results: readonly string[] },
): Promise<void> {
  const tree = await treeOf(source, scratch);
  const checkout = (await isBareRepository(tree)) ? await clone(source, tree, scratch, env) : tree;
  const exclude = await ignoredIn(checkout);
  await copyApp(checkout, destination, { include: [], exclude, results });
}

async function treeOf(source: string, scratch: string): Promise<string> {
  if (await isDirectory(source)) return source;
  if (!(await isFile(source))) throw unusable(source, "there is no such file or directory");
  const unpacked = join(scratch, "source");
  try {
    await unpack(source, join(scratch, "archive"), unpacked);
  } catch (error) {
    throw error instanceof BuildpackError ? error : unusable(source, (error as Error).message);
  }
  const [only, ...others] = await readdir(unpacked, { withFileTypes: true });
  if (!only) throw unusable(source, "the archive is empty");
  return only.isDirectory() && others.length === 0 ? join(unpacked, only.name) : unpacked;
}

/** Works on a copy of the archive, since decompressing replaces it. */
async function unpack(source: string, copy: string, destination: string): Promise<void> {
  await copyFile(source, copy, constants.COPYFILE_FICLONE);
  const env = { PATH: systemProgramsPath };
  const problem = await decompress(
    copy,
    async (file, args) => await runCommand({ file, args, cwd: "/", env }),
  );
  if (problem) throw problem;
  await unpackTree([copy], destination);
}

async function isBareRepository(tree: string): Promise<boolean> {
  const [head, objects, refs] = await Promise.all([
    isFile(join(tree, "HEAD")),
    isDirectory(join(tree, "objects")),
    isDirectory(join(tree, "refs")),
  ]);
  return head && objects && refs;
}

async function clone(source: string, tree: string, scratch: string, env: GitEnv): Promise<string> {
  const checkout = join(scratch, "checkout");
  const problem = await cloneRepository({ url: pathToFileURL(tree).href }, checkout, env);
  if (problem !== undefined) throw unusable(source, problem);
  return checkout;
}

async function ignoredIn(checkout: string): Promise<string[]> {
  const text = (await readTextIfAny(join(checkout, ".slugignore"))) ?? "";
  const patterns = text.split(/\r?\n/).filter((line) => !/^\s*(#|!|$)/.test(line));
  return [".git", ...patterns];
}

function unusable(path: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "classic/source-unusable", path, problem });
}
