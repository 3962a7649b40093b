import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { removeTree } from "../system/files.ts";

/** A program that runs before the app starts and sets variables by writing TOML to descriptor 3. */
export interface ExecD {
  /** The file's name; programs of one layer run by alphabet. */
  name: string;
  /** The only process type for which it runs. Without one it runs for all. */
  process?: string;
  /** A script for an interpreter that the run image has, or a static binary. */
  program: string | Uint8Array;
}

/**
 * Makes `exec.d` of a layer hold these programs, executable by all, and no others.
 *
 * @throws Error for a program that no lifecycle could run, or for two of one name.
 */
export async function writeExecD(layerPath: string, programs: readonly ExecD[]): Promise<void> {
  const root = join(layerPath, "exec.d");
  const paths = new Set<string>();
  for (const { name, process = "", program } of programs) {
    if (!isFileName(name)) throw new Error(`${name} is no name of an exec.d program`);
    if (!isRunnable(program)) throw new Error(`the exec.d program ${name} names no interpreter`);
    const path = join(root, process, name);
    if (paths.has(path)) throw new Error(`two exec.d programs are called ${name}`);
    paths.add(path);
  }
  await removeTree(root);
  for (const { name, process = "", program } of programs) {
    await writeExecutable(join(root, process, name), program);
  }
}

function isFileName(name: string): boolean {
  return name !== "" && !name.startsWith(".") && !name.includes("/");
}

/** The kernel starts what begins with `#!` or is an ELF file. */
function isRunnable(program: string | Uint8Array): boolean {
  const start = Buffer.from(program).subarray(0, 4).toString("latin1");
  return start.startsWith("#!") || start === "\u007fELF";
}

async function writeExecutable(path: string, program: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, program);
  await chmod(path, 0o755);
}
