import glob from "fast-glob";
import { rm } from "node:fs/promises";
import type { Section } from "../../output/printer.ts";
import type { RunCommand } from "../../system/command.ts";
import { findElfFiles } from "../elf-files.ts";
import { ownToolchain, toolIn, type Toolchain } from "./toolchain.ts";

export interface StripContext {
  section: Pick<Section, "detail">;
  run: RunCommand;
  env: Readonly<Record<string, string>>;
  /** The machine's own, unless stated. */
  toolchain?: Toolchain;
}

/**
 * Removes what only a debugger or a linker reads: symbols of executables and shared libraries, static
 * archives, and the object files that bundled gems keep. Where `strip` is missing or fails the files
 * stay as they are, and the log says so.
 */
export async function stripTree(directory: string, context: StripContext): Promise<void> {
  await removeLinkerInput(directory);
  const files = await findElfFiles(directory);
  const file = toolIn(context.toolchain ?? ownToolchain, "strip");
  for (const batch of batches(files, filesPerCommand)) {
    const args = ["--strip-unneeded", "--", ...batch];
    const { exitCode, lines } = await context.run({
      ...context,
      file,
      args,
      cwd: directory,
    });
    if (exitCode === 0) continue;
    const reason =
      exitCode === 127 ? `\`${file}\` is not installed` : (lines[0] ?? `\`${file}\` failed`);
    context.section.detail(`Kept debug symbols: ${reason}`);
    if (exitCode === 127) return;
  }
}

const filesPerCommand = 200;

async function removeLinkerInput(directory: string): Promise<void> {
  const options = { cwd: directory, absolute: true, dot: true, followSymbolicLinks: false };
  for (const path of await glob("**/*.{a,o}", options)) await rm(path);
}

function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
