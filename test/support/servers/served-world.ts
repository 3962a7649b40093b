import { onTestFinished } from "vitest";
import { ensureWorld, type World } from "../world.ts";
import { serveMirror } from "./mirror-server.ts";

/** What one test builds with: the world, and the value of BP_INVENTORY for its mirror, which is served until the test ends. */
export async function servedWorld(): Promise<{ world: World; inventory: string }> {
  const world = await ensureWorld();
  const server = await serveMirror(world.mirror);
  onTestFinished(async () => await server.close());
  return { world, inventory: server.inventory };
}
