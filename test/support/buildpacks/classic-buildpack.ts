import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { makeTree } from "../tree.ts";

/** Lines of POSIX sh for each program of a buildpack of the classic API. */
export interface ClassicScripts {
  /** An app is for it unless these lines exit with something else. */
  detect?: string;
  compile?: string;
  release?: string;
}

/** Makes a buildpack of the classic API and resolves to its directory. */
export async function makeClassicBuildpack(scripts: ClassicScripts = {}): Promise<string> {
  const { detect = "echo Tiny", compile = "", release = "echo '--- {}'" } = scripts;
  const program = (lines: string) => `#!/bin/sh\nset -eu\n${lines}\n`;
  const directory = await makeTree({
    "bin/detect": program(detect),
    "bin/compile": program(compile),
    "bin/release": program(release),
  });
  for (const name of ["detect", "compile", "release"]) {
    await chmod(join(directory, "bin", name), 0o755);
  }
  return directory;
}
