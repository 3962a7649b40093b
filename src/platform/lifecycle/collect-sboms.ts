import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { escapeId } from "../../cnb/names.ts";
import { copyOutOf } from "../../system/inside/open-inside.ts";
import { labelJson } from "../state/label-json.ts";
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
  for (const kind of ["launch", "build"] as const) {
    if (directories[kind]) await writeLegacySbom(directories[kind], kind, outputs);
  }
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

/** Lifecycles write this file even if no buildpack has a bill of materials of the old kind. */
async function writeLegacySbom(
  directory: string,
  kind: "launch" | "build",
  outputs: readonly BuildpackOutputs[],
): Promise<void> {
  const entries = outputs.flatMap(({ bom, buildpack: { id, version } }) =>
    bom[kind].map(({ name, metadata = null }) => ({ name, metadata, buildpack: { id, version } })),
  );
  await mkdir(directory, { recursive: true });
  const text = labelJson(entries.length > 0 ? entries : null);
  await writeFile(join(directory, "sbom.legacy.json"), `${text}\n`);
}
