import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { isFile } from "./files.ts";

/** Where a command is found on a `PATH`, or `undefined` where it is not. */
export async function findProgram(
  name: string,
  path: string | undefined,
): Promise<string | undefined> {
  for (const directory of (path ?? "").split(":").filter(Boolean)) {
    const program = join(directory, name);
    if ((await isFile(program)) && (await isExecutable(program))) return program;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
