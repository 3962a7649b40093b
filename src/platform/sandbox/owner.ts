import { giveTrees } from "../../system/tree.ts";
import type { Ids } from "./sandbox.ts";

/** Gives trees to their owner. Without one, nothing changes. */
export async function giveTo(owner: Ids | undefined, ...paths: string[]): Promise<void> {
  if (owner) await giveTrees(paths, owner);
}
