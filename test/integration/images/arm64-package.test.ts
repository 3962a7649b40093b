import { join } from "node:path";
import { expect, test } from "vitest";
import { Unavailable } from "../../../scripts/unavailable.ts";
import { ensureArm64World } from "../../support/arm64-world.ts";
import { build, makeApp, runCommandIn, serve } from "../../support/lapidary.ts";
import { serveMirror } from "../../support/servers/mirror-server.ts";
import { packageFor } from "../../support/packages/unpacked-package.ts";
import { fullRing, onlyInFullRing, temporaryDirectory } from "../../support/world.ts";

test("the package for arm64 detects, builds and serves in emulated root file systems of arm64", async (context) => {
  if (!fullRing) context.skip(onlyInFullRing);
  const arm64 = await ensureArm64World().catch((error: unknown) => {
    if (error instanceof Unavailable) context.skip(error.message);
    throw error;
  });
  const world = { ...arm64, buildRoot: await arm64.ensureBuildRoot() };
  const server = await serveMirror(world.mirror);
  try {
    await using place = await temporaryDirectory();
    const buildpack = await packageFor("arm64", join(place.path, "packages"));
    const app = await makeApp(place.path, "rack");
    const env = { BP_INVENTORY: server.inventory };
    const built = await build({ app, world, env, args: ["--buildpack", buildpack] });
    expect(built).toMatchObject({ exitCode: 0 });
    const platform = await runCommandIn({ app, world }, "ruby", "-e", "print RUBY_PLATFORM");
    expect(platform.log).toContain("aarch64-linux");
    await using served = await serve({ app, world });
    const { v4, v6 } = await served.get("/");
    expect([v4.status, v6.status]).toEqual([200, 200]);
    expect(v4.body).toContain("ruby 3.3.8");
  } finally {
    await server.close();
  }
});
