import { join } from "node:path";
import glob from "fast-glob";
import { removeTree } from "../../system/files.ts";

/**
 * Removes the archives of loaded classes that JRuby has written into its layer, to start faster each time
 * that the build ran it. An image has no use for their 30 MB: JRuby's launcher reads such an archive only
 * where it may also write it.
 */
export async function removeClassArchives(rubyDir: string): Promise<void> {
  const options = { cwd: join(rubyDir, "lib"), absolute: true };
  for (const path of await glob("jruby-java*.jsa", options)) await removeTree(path);
}
