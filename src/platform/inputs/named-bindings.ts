import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { BuildpackError, usageError } from "../../failure.ts";
import { isDirectory } from "../../system/files.ts";

/**
 * Calls `work` with the directories of `--binding [NAME=]DIR`. The last part of each path is the name of the
 * binding: if NAME differs from that of the directory, the path is a link that exists during the work.
 *
 * @throws BuildpackError `platform/usage` if the directory does not exist, or NAME is `.` or `..`.
 */
export async function withBindings<T>(
  given: readonly string[],
  cwd: string,
  work: (directories: string[]) => Promise<T>,
): Promise<T> {
  const made: string[] = [];
  try {
    const directories: string[] = [];
    for (const binding of given) directories.push(await directoryOf(binding, cwd, made));
    return await work(directories);
  } finally {
    for (const directory of made) await rm(directory, { recursive: true, force: true });
  }
}

async function directoryOf(binding: string, cwd: string, made: string[]): Promise<string> {
  const { name, directory } = await locateBinding(binding, cwd);
  if (name === basename(directory)) return directory;
  const parent = await mkdtemp(join(tmpdir(), "lapidary-bindings-"));
  made.push(parent);
  const link = join(parent, name);
  await symlink(directory, link);
  return link;
}

/**
 * The name and the directory that `[NAME=]DIR` means.
 *
 * @throws BuildpackError `platform/usage` as `withBindings`.
 */
export async function locateBinding(
  binding: string,
  cwd: string,
): Promise<{ name: string; directory: string }> {
  const whole = resolve(cwd, binding);
  if (await isDirectory(whole)) return { name: basename(whole), directory: whole };
  const [, name = "", path = ""] = /^([^/=]+)=(.+)$/.exec(binding) ?? [];
  const directory = resolve(cwd, path);
  if (path === "" || !(await isDirectory(directory))) {
    throw usage(binding, "there is no such directory");
  }
  if (name !== "." && name !== "..") return { name, directory };
  throw usage(binding, `a binding cannot have the name \`${name}\``);
}

function usage(binding: string, reason: string): BuildpackError {
  const problem = `\`--binding ${binding}\` cannot be used: ${reason}`;
  return usageError(problem);
}
