import { join } from "node:path";
import glob from "fast-glob";
import { removeTree } from "../../system/files.ts";
import type { InstalledRuby } from "../installed.ts";

/**
 * Removes the archives of loaded classes that JRuby has written into its layer in order to start faster. An
 * image cannot use these 30 MB: JRuby's launcher reads an archive only if it may also write it.
 */
export async function removeClassArchives({
  dir,
  engine,
}: Pick<InstalledRuby, "dir" | "engine">): Promise<void> {
  if (engine !== "jruby") return;
  const options = { cwd: join(dir, "lib"), absolute: true };
  for (const path of await glob("jruby-java*.jsa", options)) await removeTree(path);
}
