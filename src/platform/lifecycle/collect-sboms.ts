import { copyFile, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { escapeId } from "../../cnb/names.ts";
import type { BuildpackOutputs } from "./buildpack-outputs.ts";

/** Copies SBOMs to the paths that exporters read: `<layers>/sbom/<kind>/<escaped id>/[<layer>/]sbom.<ext>`. */
export async function collectSboms(
  sbomDirectory: string,
  outputs: readonly BuildpackOutputs[],
): Promise<void> {
  for (const { buildpack, sboms } of outputs) {
    for (const { path, layer, kinds } of sboms) {
      const name = basename(path).slice(basename(path).indexOf(".") + 1);
      for (const kind of kinds) {
        const directory = join(sbomDirectory, kind, escapeId(buildpack.id), layer ?? "");
        await mkdir(directory, { recursive: true });
        await copyFile(path, join(directory, name));
      }
    }
  }
}
