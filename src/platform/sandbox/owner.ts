import { giveTrees } from "../../system/tree.ts";
import type { Ids } from "./sandbox.ts";

/** Gives trees that we made to their owner; without one they stay as they are. */
export async function giveTo(owner: Ids | undefined, ...paths: string[]): Promise<void> {
  if (owner) await giveTrees(paths, owner);
}
