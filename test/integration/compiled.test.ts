import { describe, expect, test } from "vitest";
import { build, makeApp, runCommandIn, serve } from "../support/lapidary.ts";
import { serveMirror } from "../support/servers/mirror-server.ts";
import { ensureWorld, fullRing, onlyInFullRing, temporaryDirectory } from "../support/world.ts";

describe("a Ruby that nobody has built for this system", () => {
  test("is compiled from source by the build itself, and the app serves", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    const world = await ensureWorld({ suite: "trixie", kinds: ["source"] });
    const server = await serveMirror(world.mirror);
    try {
      await using place = await temporaryDirectory();
      const app = await makeApp(place.path, "rack");
      const built = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
      expect(built).toMatchObject({ exitCode: 0 });
      expect(built.log).toMatch(/Running `\.\/configure [^`]*--enable-shared/);
      expect(built.log).toContain("Without YJIT");
      expect(built.log).toMatch(/The run image must have `lib/);
      await using served = await serve({ app, world });
      const { v4, v6 } = await served.get("/");
      expect([v4.status, v6.status]).toEqual([200, 200]);
      expect(v4.body).toContain("ruby 3.3.8");
    } finally {
      await server.close();
    }
  });

  test("of the newest branch that the mirror has runs, too", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    const world = await ensureWorld({ rubies: ["3.3.8", "3.4.5"] });
    const missing = world.mirror.missing.find(({ version }) => version === "3.4.5");
    if (missing) context.skip(`Ruby 3.4.5 is not to be had: ${missing.why}`);
    const server = await serveMirror(world.mirror);
    try {
      await using place = await temporaryDirectory();
      const app = await makeApp(place.path, "two-rubies", { ".ruby-version": "3.4.5\n" });
      const built = await build({ app, world, env: { BP_INVENTORY: server.inventory } });
      expect(built).toMatchObject({ exitCode: 0 });
      const said = await runCommandIn({ app, world }, "ruby", "-e", "print RUBY_VERSION");
      expect(said.log).toContain("3.4.5");
    } finally {
      await server.close();
    }
  });
});
