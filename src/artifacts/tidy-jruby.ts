import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { lstatIfAny } from "../system/files.ts";

/**
 * Brings an unpacked JRuby into the shape that users of Ruby expect: `bin/ruby` starts it, which older
 * releases know as `jruby` only, and what is for Windows alone is gone.
 */
export async function tidyJruby(directory: string): Promise<void> {
  const bin = join(directory, "bin");
  for (const path of await glob("*.{bat,dll,exe}", { cwd: bin, absolute: true })) await rm(path);
  const ruby = join(bin, "ruby");
  if (!(await lstatIfAny(ruby))) await symlink("jruby", ruby);
}
