import { build, makeApp, runCommandIn } from "../support/lapidary.ts";
import { serveMirror } from "../support/servers/mirror-server.ts";
import { ensureWorld, temporaryDirectory } from "../support/world.ts";
import { measureBoot } from "./boot.ts";
import type { Measurement } from "./measure.ts";
import { measureMemory } from "./memory.ts";

/** How soon the built Rails sample has booted, and what memory it then takes. */
export async function measureLaunch(_checkout: string, rounds: number): Promise<Measurement[]> {
  const world = await ensureWorld();
  await using place = await temporaryDirectory();
  const app = await makeApp(place.path, "rails");
  const server = await serveMirror(world.mirror);
  succeed(await build({ app, world, env: { BP_INVENTORY: server.inventory } }));
  await server.close();
  succeed(await runCommandIn({ app, world }, "bin/rails", "db:prepare"));
  const built = { app, world };
  return [...(await measureBoot(built, rounds)), ...(await measureMemory(built, rounds))];
}

function succeed({ exitCode, log }: { exitCode: number; log: string }): void {
  if (exitCode !== 0) throw new Error(log.split("\n").slice(-30).join("\n"));
}
