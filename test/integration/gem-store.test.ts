import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStoredBuild } from "../../src/platform/state/state-in-use.ts";
import { build, makeApp } from "../support/lapidary.ts";
import { servedWorld } from "../support/servers/served-world.ts";
import { fullRing, onlyInFullRing, temporaryDirectory } from "../support/world.ts";

test("a gem store changes no layer, neither in the build that fills it nor in the next, which compiles nothing", async ({
  skip,
}) => {
  skip(!fullRing, onlyInFullRing);
  const { world, inventory } = await servedWorld();
  await using place = await temporaryDirectory();
  const app = await makeApp(place.path, "native");
  const buildWith = async (...args: string[]) => {
    await rm(app.state, { recursive: true, force: true });
    const env = { BP_INVENTORY: inventory, SECRET_KEY_BASE: "the same in each build" };
    const { exitCode, log } = await build({ app, world, env, args });
    expect(exitCode, log).toBe(0);
    return { log, digests: await digestsOf(app.state) };
  };
  const store = ["--gem-store", join(place.path, "store")];

  const alone = await buildWith();
  expect(alone.log).toMatch(/with native extensions/);
  expect(alone.digests["gems"]).toBeDefined();
  const filling = await buildWith(...store);
  const filled = await buildWith(...store);

  expect(filled.log).not.toMatch(/with native extensions/);
  expect(filling.digests).toEqual(alone.digests);
  expect(filled.digests).toEqual(alone.digests);
});

/**
 * The digests that the layers of the last build have in an image, by name. Without `bootsnap`: the code that Ruby compiles
 * differs from one compilation of the same gem to the next.
 */
async function digestsOf(state: string): Promise<Record<string, string>> {
  const stored = await openStoredBuild(state);
  await stored?.release();
  const layers = stored?.build.image.buildpacks.flatMap((one) => Object.entries(one.layers)) ?? [];
  const compared = layers.filter(([name]) => name !== "bootsnap");
  return Object.fromEntries(compared.map(([name, { sha }]) => [name, sha]));
}
