import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { escapeId } from "../../cnb/names.ts";
import { copyOutOf } from "../../system/open-inside.ts";
import type { BuildpackOutputs } from "./buildpack-outputs.ts";

/**
 * Copies SBOMs to the paths that exporters read, below one directory for each kind:
 * `<escaped id>/[<layer>/]sbom.<ext>`. Kinds without a directory are left out. Files that the build itself
 * has written to `<layers>/sbom` are ignored.
 */
export async function collectSboms(
  directories: Partial<Record<"launch" | "build" | "cache", string>>,
  outputs: readonly BuildpackOutputs[],
): Promise<void> {
  const { launch, build } = directories;
  for (const directory of [launch, build]) if (directory) await writeLegacySbom(directory);
  for (const { buildpack, sboms } of outputs) {
    for (const { path, layer, kinds } of sboms) {
      const name = basename(path).slice(basename(path).indexOf(".") + 1);
      for (const kind of kinds) {
        if (directories[kind] === undefined) continue;
        const directory = join(directories[kind], escapeId(buildpack.id), layer ?? "");
        await mkdir(directory, { recursive: true });
        await copyOutOf(dirname(path), basename(path), join(directory, name));
      }
    }
  }
}

/** Lifecycles write this file even if there are no SBOMs. */
async function writeLegacySbom(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "sbom.legacy.json"), "null\n");
}
