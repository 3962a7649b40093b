import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BuildpackError } from "../failure.ts";
import { type CommandResult, runCommand } from "./command.ts";

/**
 * Packs a directory as `./<name>/…`, compressed by gzip, times and modes as they are, owners left out.
 * The archive appears complete or not at all.
 *
 * @throws Error with what `tar` said; BuildpackError `system/disk-full`.
 */
export async function packDirectory(parent: string, name: string, archive: string): Promise<void> {
  const staged = join(dirname(archive), `.${process.pid}.tar.gz`);
  await mkdir(dirname(archive), { recursive: true });
  const options = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner"];
  try {
    const packed = await tar("-czf", staged, "-C", parent, ...options, `./${name}`);
    if (packed.exitCode !== 0) throw failureOf(packed, archive);
    await rename(staged, archive);
  } finally {
    await rm(staged, { force: true });
  }
}

/**
 * Unpacks an archive of a directory, whatever compressed it, into a directory that exists. Links stay
 * as they are: it is for archives of those who run what is in them, not for downloads.
 *
 * @throws Error with what `tar` said.
 */
export async function unpackDirectory(archive: string, destination: string): Promise<void> {
  const unpacked = await tar("-xf", archive, "-C", destination, "--no-same-owner", "-p");
  if (unpacked.exitCode !== 0) throw failureOf(unpacked, destination);
}

function failureOf({ stderr, exitCode }: CommandResult, path: string): Error {
  if (stderr.includes("No space left on device")) {
    return new BuildpackError({ code: "system/disk-full", path });
  }
  const [first = ""] = stderr.trim().split("\n");
  return new Error(first || `tar ended with exit code ${exitCode}`);
}

async function tar(...args: string[]): Promise<CommandResult> {
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" };
  return await runCommand({ file: "tar", args, cwd: "/", env });
}
