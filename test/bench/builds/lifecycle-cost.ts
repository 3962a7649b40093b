import { mkdir, rm } from "node:fs/promises";
import { runCommand } from "../../../src/system/command.ts";
import { timed } from "../measure.ts";
import type { Amount } from "./sample.ts";

const env = { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" };

/** Puts each directory into an archive of its own, as a lifecycle's cache has them. */
export async function packLayers(layers: readonly string[], archives: string): Promise<void> {
  await rm(archives, { recursive: true, force: true });
  await mkdir(archives);
  await shell(packing, [archives, ...layers]);
}

/** Milliseconds that it takes to unpack the archives, as a restorer does. */
export async function restoreTime(archives: string): Promise<number> {
  const time = await timed(async () => await shell(unpacking, [archives]));
  await rm(archives, { recursive: true });
  return time;
}

/** Milliseconds that it takes to archive and hash the layers, as an exporter does. */
export async function exportTime(layers: readonly string[]): Promise<number> {
  return await timed(async () => await shell(hashing, ["layers", ...layers]));
}

/** Waits until everything written so far is on the disk, because the next measurement would wait for it. */
export async function flushWrites(): Promise<void> {
  await run("sync", []);
}

/** What is in the directories. */
export async function amountOf(directories: readonly string[]): Promise<Amount> {
  if (directories.length === 0) return { files: 0, bytes: 0 };
  const sizes = await run("find", [...directories, "-type", "f", "-printf", String.raw`%s\n`]);
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + Number(size), 0) };
}

const packing = `
number=0
for layer; do
  number=$((number + 1))
  tar -cf "$0/$number.tar" -C "\${layer%/*}" "\${layer##*/}" || exit
done`;

const unpacking = `
for archive in "$0"/*.tar; do
  [ -e "$archive" ] || exit 0
  mkdir "\${archive%.tar}" && tar -xf "$archive" -C "\${archive%.tar}" || exit
done`;

const hashing = `
for layer; do
  tar -cf - -C "\${layer%/*}" "\${layer##*/}" | sha256sum >/dev/null || exit
done`;

async function shell(script: string, args: readonly string[]): Promise<void> {
  await run("bash", ["-o", "pipefail", "-c", script, ...args]);
}

async function run(file: string, args: readonly string[]): Promise<string[]> {
  const { exitCode, lines } = await runCommand({ file, args, cwd: "/", env });
  if (exitCode !== 0) throw new Error(lines.slice(-5).join("\n"));
  return lines;
}
