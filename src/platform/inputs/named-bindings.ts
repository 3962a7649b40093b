import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { isDirectory } from "../../system/files.ts";

/**
 * Calls `work` with the directories of `--binding [NAME=]DIR`, each under its name: one that is given
 * another name than its directory's is a link of that name for as long as the work takes.
 *
 * @throws BuildpackError `platform/usage` where there is no such directory.
 */
export async function withBindings<T>(
  given: readonly string[],
  cwd: string,
  work: (directories: string[]) => Promise<T>,
): Promise<T> {
  const links: string[] = [];
  try {
    const directories: string[] = [];
    for (const binding of given) directories.push(await directoryOf(binding, cwd, links));
    return await work(directories);
  } finally {
    for (const link of links) await rm(dirname(link), { recursive: true, force: true });
  }
}

async function directoryOf(binding: string, cwd: string, links: string[]): Promise<string> {
  const whole = resolve(cwd, binding);
  if (await isDirectory(whole)) return whole;
  const [, name = "", path = ""] = /^([^/=]+)=(.+)$/.exec(binding) ?? [];
  if (path !== "" && (await isDirectory(resolve(cwd, path)))) {
    const link = join(await mkdtemp(join(tmpdir(), "lapidary-bindings-")), name);
    links.push(link);
    await symlink(resolve(cwd, path), link);
    return link;
  }
  const problem = `\`--binding ${binding}\` names no directory`;
  throw new BuildpackError({ code: "platform/usage", problem });
}
