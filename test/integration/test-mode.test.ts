import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { build, makeApp, runToEnd, runWords } from "../support/lapidary.ts";
import { serveMirror } from "../support/servers/mirror-server.ts";
import { ensureWorld, temporaryDirectory } from "../support/world.ts";

// Fails unless it runs with the gems and the environment of tests.
const suite = `task :default do
  require "rack"
  abort "RAILS_ENV is #{ENV["RAILS_ENV"]}" unless ENV["RAILS_ENV"] == "test"
  abort "RACK_ENV is #{ENV["RACK_ENV"]}" unless ENV["RACK_ENV"] == "test"
  puts "suite passed, with rake #{Rake::VERSION}"
  exit 3 if ENV["BREAK"]
end
`;

test("BP_EXEC_ENV=test makes an image that runs the app's own suite, with the gems of the group test", async () => {
  const world = await ensureWorld();
  const server = await serveMirror(world.mirror);
  try {
    await using place = await temporaryDirectory();
    const app = await makeApp(place.path, "rack", { Rakefile: suite });
    await edit(join(app.dir, "Gemfile"), (text) => `${text}\ngem "rake", group: :test\n`);
    await edit(join(app.dir, "Gemfile.lock"), (text) =>
      text
        .replace("    rackup (", "    rake (13.4.2)\n    rackup (")
        .replace("  rackup\n\n", "  rackup\n  rake\n\n"),
    );
    const env = { BP_INVENTORY: server.inventory, BP_EXEC_ENV: "test" };
    const built = await build({ app, world, env });
    expect(built).toMatchObject({ exitCode: 0 });
    expect(built.report?.defaultProcess).toBe("test");
    expect(built.log).toContain("`BUNDLE_WITHOUT=development`");

    const passed = await runToEnd(runWords({ app, world }));
    expect(passed).toMatchObject({ exitCode: 0 });
    expect(passed.log).toContain("suite passed, with rake 13.4.2");
    const failed = await runToEnd(runWords({ app, world, env: { BREAK: "1" } }));
    expect(failed).toMatchObject({ exitCode: 3 });
  } finally {
    await server.close();
  }
});

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, "utf8")));
}
