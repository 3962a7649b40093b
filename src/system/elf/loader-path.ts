import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readTextIfAny } from "../files.ts";
import { searchPath } from "../search-path.ts";

/**
 * The directories in which the dynamic loader of a Linux system looks for libraries: those of
 * LD_LIBRARY_PATH, then those of `/etc/ld.so.conf.d`, then its built-in ones.
 */
export async function loaderDirectories(
  env: Readonly<Record<string, string | undefined>>,
  root = "/",
): Promise<string[]> {
  const own = searchPath(env["LD_LIBRARY_PATH"]).filter((path) => path.startsWith("/"));
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
