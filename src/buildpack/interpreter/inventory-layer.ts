// The layer `inventory`: the operator's inventory, as BP_INVENTORY names it by its checksum.
//
// Cache only, and only where BP_INVENTORY is set: an unchanged build then needs no network to know
// what its Ruby was made from. Emptied when the checksum in BP_INVENTORY changes.

import * as z from "zod";
import { openLayer } from "../../cnb/layer.ts";

/**
 * A directory that comes back on the next build.
 *
 * @param operator the value of BP_INVENTORY; only its checksum is kept, since a URL may hold
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
    labels: { checksum: "Checksum in BP_INVENTORY" },
  });
  await layer.commit({ metadata });
  return layer.path;
}
