import { giveTrees } from "../../system/tree.ts";
import type { Sandbox } from "./sandbox.ts";

/** The user that buildpacks run as, who must own their files. */
export interface Owner {
  uid: number;
  gid: number;
}

/** Whom commands of the sandbox run as, where that is not us already. */
export function ownerIn({ ids }: Sandbox): Owner | undefined {
  return ids.uid === process.getuid?.() && ids.gid === process.getgid?.() ? undefined : ids;
}

/** Gives trees to their owner. Without one, nothing changes. */
export async function giveTo(owner: Owner | undefined, ...paths: string[]): Promise<void> {
  if (owner) await giveTrees(paths, owner);
}
