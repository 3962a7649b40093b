// The layer `bootsnap-files`: the list of the files in the layer `bootsnap`, of which a build usually has only the
// metadata. Cache only. One path on each line, sorted.

import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import * as z from "zod";
import { openLayer } from "../../cnb/layers/layer.ts";
import { readTextIfAny } from "../../system/files.ts";

const layerName = "bootsnap-files";

/** The list that the last build left. Empty if there is none, or if it names files outside the layer. */
export async function readFileList(layersDir: string): Promise<readonly string[]> {
  const text = (await readTextIfAny(join(layersDir, layerName, "list"))) ?? "";
  const files = text.split("\n").filter((line) => line !== "");
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
  const types = { build: false, launch: false, cache: true };
  const schema = z.object({});
  const layer = await openLayer({
    ...{ layersDir, name: layerName, types, schema },
    ...{ keys: {}, labels: {} },
  });
  await writeFile(join(layer.path, "list"), files.map((path) => `${path}\n`).join(""));
  await layer.commit({ metadata: {} });
}

/** The first half of a SHA-256 in hex. */
export function digestOfList(files: readonly string[]): string {
  return createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 32);
}

// bootsnap names files by digits and kind. Nothing else may become a link in the app.
function isOfBootsnap(path: string): boolean {
  return /^bootsnap(\/[\w-][\w.-]*)+$/.test(path);
}
