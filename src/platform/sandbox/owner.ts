import { giveTrees } from "../../system/tree.ts";
import type { Sandbox } from "./sandbox.ts";

/** Whom files have to belong to that buildpacks are to find as their own. */
export interface Owner {
  uid: number;
  gid: number;
}

/** Whom commands of the sandbox run as, where that is not us already. */
export function ownerIn({ ids }: Sandbox): Owner | undefined {
  return ids.uid === process.getuid?.() && ids.gid === process.getgid?.() ? undefined : ids;
}

/** Gives trees that we made to their owner; without one they stay as they are. */
export async function giveTo(owner: Owner | undefined, ...paths: string[]): Promise<void> {
  if (owner) await giveTrees(paths, owner);
}
