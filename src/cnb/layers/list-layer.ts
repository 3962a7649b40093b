import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { readTextIfAny } from "../../system/files.ts";
import { openLayer } from "./layer.ts";

/** The list of paths that the last build left in a cache-only layer. Empty if there is none. */
export async function readListLayer(layersDir: string, name: string): Promise<readonly string[]> {
  const text = (await readTextIfAny(join(layersDir, name, "list"))) ?? "";
  return text.split("\n").filter((line) => line !== "");
}

/** Keeps a list of paths for the next build, one on each line. */
export async function keepListLayer(
  layersDir: string,
  name: string,
  paths: readonly string[],
): Promise<void> {
  const types = { build: false, launch: false, cache: true };
  const schema = z.object({});
  const layer = await openLayer({ layersDir, name, types, schema, keys: {}, labels: {} });
  await writeFile(join(layer.path, "list"), paths.map((path) => `${path}\n`).join(""));
  await layer.commit({ metadata: {} });
}
