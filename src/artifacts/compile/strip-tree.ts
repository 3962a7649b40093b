import glob from "fast-glob";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Section } from "../../output/printer.ts";
import type { RunCommand } from "../../system/command.ts";
import { isFile } from "../../system/files.ts";
import { findElfFiles } from "../elf-files.ts";
import { ownToolchain, toolIn, type Toolchain } from "./toolchain.ts";

export interface StripContext {
  section: Pick<Section, "detail">;
  run: RunCommand;
  env: Readonly<Record<string, string>>;
  /** By default, the machine's own tools. */
  toolchain?: Toolchain;
}

/**
 * Removes what only debuggers and linkers need: symbols, static archives, and object files of bundled gems. If Ruby
 * has no shared library, extensions of gems are linked with the static archives in `lib`, which stay.
 * If `strip` is missing or fails, prints this and leaves the files unchanged.
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
  const shared = await glob("lib/libruby*.so*", { ...options, onlyFiles: false });
  const isStatic = shared.length === 0 && (await isFile(join(directory, "lib/libruby-static.a")));
  const ignore = isStatic ? ["lib/*.a"] : [];
  for (const path of await glob("**/*.{a,o}", { ...options, ignore })) await rm(path);
}

function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
