import { setModeInside } from "../../system/inside/open-inside.ts";
import { filesWithSpecialBits, giveTrees } from "../../system/tree.ts";
import type { Ids } from "./sandbox.ts";

/**
 * Gives directories and all that is in them to their owner. Without one, nothing changes. Modes stay, also the setuid and
 * setgid bits of files, which a change of their owner clears.
 */
export async function giveTo(owner: Ids | undefined, ...directories: string[]): Promise<void> {
  if (!owner) return;
  const special = await filesWithSpecialBits(directories);
  await giveTrees(directories, owner);
  for (const { directory, path, mode } of special) await setModeInside(directory, path, mode);
}
