import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { escapeId } from "../../cnb/names.ts";
import { copyOutOf } from "../../system/open-inside.ts";
import type { BuildpackOutputs } from "./buildpack-outputs.ts";

/**
 * Copies the SBOMs of the image and of the cache to the paths that exporters read, below one directory for
 * each kind: `<escaped id>/[<layer>/]sbom.<ext>`. Files that the build itself has written to
 * `<layers>/sbom` are ignored.
 */
export async function collectSboms(
  directories: { launch: string; cache: string },
  outputs: readonly BuildpackOutputs[],
): Promise<void> {
  for (const { buildpack, sboms } of outputs) {
    for (const { path, layer, kinds } of sboms) {
      const name = basename(path).slice(basename(path).indexOf(".") + 1);
      for (const kind of kinds) {
        if (kind === "build") continue;
        const directory = join(directories[kind], escapeId(buildpack.id), layer ?? "");
        await mkdir(directory, { recursive: true });
        await copyOutOf(dirname(path), basename(path), join(directory, name));
      }
    }
  }
}
