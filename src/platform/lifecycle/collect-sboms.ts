import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { escapeId } from "../../cnb/names.ts";
import type { BuildpackOutputs } from "./buildpack-outputs.ts";

/** Copies SBOMs to where exporters look: `<layers>/sbom/<kind>/<escaped id>/[<layer>/]sbom.<ext>`. */
export async function collectSboms(
  sbomDirectory: string,
  outputs: readonly BuildpackOutputs[],
): Promise<void> {
  await rm(sbomDirectory, { recursive: true, force: true });
  for (const kind of ["build", "launch"]) {
    await mkdir(join(sbomDirectory, kind), { recursive: true });
    await writeFile(join(sbomDirectory, kind, "sbom.legacy.json"), "null\n");
  }
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
