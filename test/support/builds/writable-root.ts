import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../../src/system/command.ts";

/** A writable view of a root file system that others share. Only root can make one. */
export async function writableRoot(
  parent: string,
  name: string,
  root: string,
): Promise<AsyncDisposable & { path: string }> {
  const at = (part: string) => join(parent, `${name}-${part}`);
  for (const part of ["upper", "work", "merged"]) await mkdir(at(part));
  const layers = `lowerdir=${root},upperdir=${at("upper")},workdir=${at("work")}`;
  await runAsRoot("mount", "-t", "overlay", "overlay", "-o", layers, at("merged"));
  return {
    path: at("merged"),
    [Symbol.asyncDispose]: async () => await runAsRoot("umount", at("merged")),
  };
}

/** Runs a program of the machine that only root may use, such as `mount`. */
export async function runAsRoot(file: string, ...args: string[]): Promise<void> {
  const env = { PATH: process.env["PATH"] ?? "" };
  const { exitCode, stdout, stderr } = await runCommand({ file, args, cwd: "/", env });
  if (exitCode !== 0) throw new Error(`${file}: ${stdout}${stderr}`);
}
