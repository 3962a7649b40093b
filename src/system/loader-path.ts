import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isFile, readTextIfAny } from "./files.ts";

/**
 * The directories in which the loader of a Linux system looks for libraries: those of
 * LD_LIBRARY_PATH, of `/etc/ld.so.conf.d`, and its own.
 */
export async function loaderDirectories(
  env: Readonly<Record<string, string | undefined>>,
  root = "/",
): Promise<string[]> {
  const own = (env["LD_LIBRARY_PATH"] ?? "").split(":").filter((path) => path.startsWith("/"));
  const confDir = join(root, "etc/ld.so.conf.d");
  const confs = (await readdir(confDir).catch((): string[] => [])).sort();
  const texts = await Promise.all(confs.map((name) => readTextIfAny(join(confDir, name))));
  const configured = texts
    .flatMap((text) => (text ?? "").split("\n"))
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line.startsWith("/"));
  const system = [...configured, "/lib64", "/usr/lib64", "/lib", "/usr/lib"];
  return [...own, ...system.map((path) => join(root, path))];
}

/** The first of some directories that has a file of this name, and the file's path there. */
export async function findInDirectories(
  name: string,
  directories: readonly string[],
): Promise<string | undefined> {
  for (const directory of directories) {
    const path = join(directory, name);
    if (await isFile(path)) return path;
  }
  return undefined;
}
