// The layer `bootsnap-files`: the list of the files in the layer `bootsnap`, of which a build usually has only the
// metadata. Cache only. One path on each line, sorted.

import { createHash } from "node:crypto";
import glob from "fast-glob";
import { keepListLayer, readListLayer } from "../../cnb/layers/list-layer.ts";

const layerName = "bootsnap-files";

/** The list that the last build left. Empty if there is none, or if it names files outside the layer. */
export async function readFileList(layersDir: string): Promise<readonly string[]> {
  const files = await readListLayer(layersDir, layerName);
  return files.every(isOfBootsnap) ? files : [];
}

/** The files of a directory that bootsnap has filled, relative to it and sorted. */
export async function listLayerFiles(directory: string): Promise<readonly string[]> {
  const found = await glob("bootsnap/**", {
    cwd: directory,
    dot: true,
    followSymbolicLinks: false,
  });
  return found.filter(isOfBootsnap).sort();
}

/** Keeps the list for the next build. */
export async function keepFileList(layersDir: string, files: readonly string[]): Promise<void> {
  await keepListLayer(layersDir, layerName, files);
}

/** The first half of a SHA-256 in hex. */
export function digestOfList(files: readonly string[]): string {
  return createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 32);
}

// bootsnap names files by digits and kind. Nothing else may become a link in the app.
function isOfBootsnap(path: string): boolean {
  return /^bootsnap(\/[\w-][\w.-]*)+$/.test(path);
}
