import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { lstatIfAny } from "../system/files.ts";

/** Adds `bin/ruby` to an unpacked JRuby, which older releases lack, and removes files for Windows. */
export async function tidyJruby(directory: string): Promise<void> {
  const bin = join(directory, "bin");
  for (const path of await glob("*.{bat,dll,exe}", { cwd: bin, absolute: true })) await rm(path);
  const ruby = join(bin, "ruby");
  if (!(await lstatIfAny(ruby))) await symlink("jruby", ruby);
}
