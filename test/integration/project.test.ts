import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, build, makeApp, runCommandIn, serve } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";
import { ensureWorld, temporaryDirectory, type World } from "../support/world.ts";

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let world: World;
let server: MirrorServer;
let app: App;

// Each test goes on with the app as the one before left it.
beforeAll(async () => {
  place = await temporaryDirectory();
  world = await ensureWorld();
  server = await serveMirror(world.mirror);
  app = await makeApp(place.path, "rack");
});

afterAll(async () => {
  await server?.close();
  await place?.[Symbol.asyncDispose]();
});

async function rebuild(env: Record<string, string> = {}) {
  return await build({ app, world, env: { BP_INVENTORY: server.inventory, ...env } });
}

async function expectServes(): Promise<void> {
  await using served = await serve({ app, world });
  const { v4, v6 } = await served.get("/");
  expect([v4.status, v6.status]).toEqual([200, 200]);
  expect(v4.body).toContain("ruby 3.3.8");
}

describe("where an app keeps its bundle", () => {
  test("gems.rb and gems.locked count as Gemfile and Gemfile.lock", async () => {
    await rename(join(app.dir, "Gemfile"), join(app.dir, "gems.rb"));
    await rename(join(app.dir, "Gemfile.lock"), join(app.dir, "gems.locked"));
    const built = await rebuild();
    expect(built).toMatchObject({ exitCode: 0 });
    expect(built.log).toContain("Ruby `3.3.8` from gems.locked");
    await expectServes();
    const found = await runCommandIn({ app, world }, "sh", "-c", 'echo "$BUNDLE_GEMFILE"');
    expect(found.log).toContain("/workspace/gems.rb\n");

    // A change of either is noticed under its own name.
    await writeFile(join(app.dir, "gems.rb"), `${await gemfile("gems.rb")}\n# changed\n`);
    const again = await rebuild();
    expect(again.log).toMatch(/Updating, because `gems\.rb` changed/);
  });

  test("a project in a directory of the app is found, built and run there", async () => {
    const project = join(app.dir, "server");
    await mkdir(project);
    for (const name of ["gems.rb", "gems.locked", "config.ru"]) {
      await rename(join(app.dir, name), join(project, name));
    }
    // Version files of the project, then those above it.
    await writeFile(join(app.dir, ".tool-versions"), "ruby 3.1.2\n");
    await rename(join(app.dir, ".ruby-version"), join(project, ".ruby-version"));
    await writeFile(join(app.dir, "index.js"), "");
    expect(await rebuild()).toMatchObject({ exitCode: 20 });

    await writeFile(join(project, "Rakefile"), rakefile);
    await writeFile(join(project, "gems.rb"), `${await gemfile("server/gems.rb")}gem "rake"\n`);
    const locked = await gemfile("server/gems.locked");
    await writeFile(join(project, "gems.locked"), withRake(locked));
    const built = await rebuild({ BP_RUBY_PROJECT_PATH: "server" });
    expect(built).toMatchObject({ exitCode: 0 });
    expect(built.log).toContain("In `server` (`BP_RUBY_PROJECT_PATH`)");
    expect(built.log).toContain(
      "! Using Ruby 3.3.8 from gems.locked, although .tool-versions says 3.1.2.",
    );
    await expectServes();
    const run = async (script: string) =>
      await runCommandIn({ app, world }, "sh", "-c", script).then(({ log }) => log);
    expect(await run('echo "$BUNDLE_GEMFILE"')).toContain("/workspace/server/gems.rb\n");
    expect(await run('echo "$PATH"')).toMatch(/^\/workspace\/server\/bin:/m);
    const rake = { app, world, args: ["--process", "rake"] };
    expect((await runCommandIn(rake, "where")).log).toContain("in /workspace/server\n");
    expect(await run("cat /workspace/server/public/assets/app.css")).toContain("made here");
  });

  test("BUNDLE_GEMFILE chooses another Gemfile of the app, at build and when it runs", async () => {
    const project = join(app.dir, "server");
    await mkdir(join(project, "gemfiles"));
    await rename(join(project, "gems.rb"), join(project, "gemfiles/next.gemfile"));
    await rename(join(project, "gems.locked"), join(project, "gemfiles/next.gemfile.lock"));
    await writeFile(
      join(project, "gemfiles/next.gemfile"),
      (await gemfile("server/gemfiles/next.gemfile")).replace(".ruby-version", "../.ruby-version"),
    );
    await rm(join(project, "Rakefile"));
    const env = { BP_RUBY_PROJECT_PATH: "server", BUNDLE_GEMFILE: "gemfiles/next.gemfile" };
    const built = await rebuild(env);
    expect(built).toMatchObject({ exitCode: 0 });
    expect(built.log).toContain("Gems from `gemfiles/next.gemfile`");
    expect(built.log).not.toContain("BUNDLE_GEMFILE could put");
    await expectServes();
    const found = await runCommandIn({ app, world }, "sh", "-c", 'echo "$BUNDLE_GEMFILE"');
    expect(found.log).toContain("/workspace/server/gemfiles/next.gemfile\n");
  });

  test("a setting that leads out of the app says so", async () => {
    const built = await rebuild({ BP_RUBY_PROJECT_PATH: "../elsewhere" });
    expect(built.exitCode).not.toBe(0);
    expect(built.log).toContain("`BP_RUBY_PROJECT_PATH` is `../elsewhere`: it is outside the app");
  });
});

const rakefile = `
task("where") { puts "in #{Dir.pwd}" }
task("assets:precompile") do
  mkdir_p "public/assets"
  File.write("public/assets/app.css", "/* made here */")
end
`;

function withRake(locked: string): string {
  return locked
    .replace("      rack (>= 3)\n", "      rack (>= 3)\n    rake (13.4.2)\n")
    .replace("  rackup\n\nRUBY", "  rackup\n  rake\n\nRUBY");
}

async function gemfile(path: string): Promise<string> {
  return await readFile(join(app.dir, path), "utf8");
}
