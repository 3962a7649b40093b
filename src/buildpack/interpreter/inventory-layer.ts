// The layer `inventory`: the operator's inventory, as BP_INVENTORY names it by its checksum.
//
// Cache only. Exists if BP_INVENTORY is set, so that an unchanged build needs no network to read it.
// Emptied when the checksum in BP_INVENTORY changes.

import * as z from "zod";
import { openLayer } from "../../cnb/layers/layer.ts";

/**
 * Returns a directory that the next build gets too.
 *
 * @param operator the value of BP_INVENTORY. Only its checksum is stored, because a URL may contain
 * credentials.
 */
export async function openInventoryCache(layersDir: string, operator: string): Promise<string> {
  const metadata = { checksum: operator.replace(/^.*#/, "") };
  const layer = await openLayer({
    layersDir,
    name: "inventory",
    types: { build: false, launch: false, cache: true },
    schema: z.object({ checksum: z.string() }),
    keys: metadata,
    labels: { checksum: "the checksum in BP_INVENTORY" },
  });
  await layer.commit({ metadata });
  return layer.path;
}
