import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type App,
  build,
  type BuildResult,
  makeApp,
  runCommandIn,
  serve,
} from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";
import { ensureWorld, temporaryDirectory, type World } from "../support/world.ts";

// Newly precompiled assets look two hours old, so that `assets:clean` may remove them. Precompiling
// also tells what it found, and leaves fragments of the size that a file asks for, each a minute younger.
const tasks = `
before = []
task "assets:found" do
  before.replace(Dir["public/assets/**/*"])
  puts "KEY #{ENV.values_at("SECRET_KEY_BASE_DUMMY", "SECRET_KEY_BASE").inspect}"
  puts "FRAGMENTS #{Dir["tmp/cache/assets/*"].map { |path| File.basename(path) }.sort.inspect}"
end
task "assets:precompile" => "assets:found"
Rake::Task["assets:precompile"].enhance do
  (Dir["public/assets/**/*"] - before).each { |path| File.utime(Time.now - 7200, Time.now - 7200, path) }
  if File.exist?("fragments")
    FileUtils.mkdir_p("tmp/cache/assets")
    File.read("fragments").split.each_with_index do |mebibytes, index|
      path = "tmp/cache/assets/#{index}"
      File.open(path, "w") { |file| file.truncate(mebibytes.to_i << 20) }
      File.utime(Time.now - 3600 + index * 60, Time.now - 3600 + index * 60, path)
    end
  end
  raise "no stylesheets today" if File.exist?("broken")
end
`;

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let world: World;
let server: MirrorServer;
let app: App;
let first: BuildResult;

beforeAll(async () => {
  world = await ensureWorld();
  place = await temporaryDirectory();
  server = await serveMirror(world.mirror);
  app = await makeApp(place.path, "rails");
  await write("lib/tasks/story.rake", tasks);
  await write("fragments", "40 40 40 40");
  first = await rebuild();
});

afterAll(async () => {
  await server?.close();
  await place?.[Symbol.asyncDispose]();
});

describe("Application Contract: Rake execution", () => {
  test("the key that Rails makes up is for precompilation alone, and no trace of a boot stays", async () => {
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.log).toContain('KEY ["1", nil]');
    expect(first.log).toContain("Setting `SECRET_KEY_BASE_DUMMY` for these commands");
    const env = await runCommandIn({ app, world }, "env");
    expect(env.log).toMatch(/^SECRET_KEY_BASE=[0-9a-f]{128}$/m);
    expect(env.log).not.toContain("SECRET_KEY_BASE_DUMMY");
    // Before anything else is run: what runs leaves traces of its own.
    const left = await runCommandIn({ app, world }, "find", "tmp", "-type", "f");
    expect(left.log).not.toMatch(/local_secret|bootsnap|cache\/assets/);
  });

  test("assets are precompiled, and the built app serves them", async () => {
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.log).toContain("Loading the app to list its tasks, as `bundle exec rake -P` does");
    expect(first.log).toContain("Running `bundle exec rake assets:precompile assets:clean`");
    await using served = await serve({ app, world });
    const page = await served.get("/up");
    expect(page.v4.status).toBe(200);
    const stylesheet = (await stylesheets()).at(0);
    const { v4, v6 } = await served.get(`/assets/${stylesheet}`);
    expect([v4.status, v6.status]).toEqual([200, 200]);
    expect(v4.body).toContain("compiled into application.css");
  });

  test("the page links the precompiled stylesheet", async () => {
    const prepared = await runCommandIn({ app, world }, "bin/rails", "db:prepare");
    expect(prepared).toMatchObject({ exitCode: 0 });
    await using served = await serve({ app, world });
    const { body } = (await served.get("/")).v4;
    const link = /<link rel="stylesheet" href="([^"]+)"/.exec(body)?.[1] ?? "";
    expect(link).toMatch(/^\/assets\/application-[0-9a-f]+\.css$/);
    expect((await served.get(link)).v4.status).toBe(200);
  });

  test("old assets are kept until the app's own `assets:clean` has them removed, over saves and restores", async () => {
    const original = await stylesheets();
    expect(original).toHaveLength(1);
    for (const margin of [1, 2]) {
      await write("app/assets/stylesheets/application.css", `body { margin: ${margin}px }`);
      const again = await rebuild();
      expect(again).toMatchObject({ exitCode: 0 });
      expect(again.log).toMatch(/Restored `\d+` files of the last build/);
      // This version of Propshaft keeps two, and whatever is not an hour old. None is that new here.
      expect(await stylesheets()).toHaveLength(2);
      expect((await stylesheets()).includes(original[0] ?? "")).toBe(margin === 1);
    }
  });

  test("fragments of 160 MiB end under 100 MiB, the oldest gone, and come back on the next build", async () => {
    await write("fragments", "40 40 40 40");
    const pruned = await rebuild();
    expect(pruned.log).toContain("Removed the `2` files that were least recently used");
    await write("fragments", "");
    const next = await rebuild();
    expect(next.log).toContain('FRAGMENTS ["2", "3"]');
    const inImage = await runCommandIn({ app, world }, "ls", "tmp/cache/assets");
    expect(inImage.log).not.toMatch(/^[0-9]$/m);
  });

  test("a checked-in manifest skips precompilation, and nothing is restored over it", async () => {
    await write("public/assets/.manifest.json", "{}");
    await write("public/assets/application-own.css", "p { color: red }");
    const skipped = await rebuild();
    expect(skipped).toMatchObject({ exitCode: 0 });
    expect(skipped.log).toContain(
      "Not precompiled, because the app contains `public/assets/.manifest.json`",
    );
    expect(skipped.log).not.toContain("Restored");
    expect(await stylesheets()).toEqual(["application-own.css"]);
    await rm(join(app.dir, "public/assets"), { recursive: true });
  });

  test("a failing precompilation aborts with the app's error first", async () => {
    await write("broken", "");
    const failed = await rebuild();
    expect(failed.exitCode).not.toBe(0);
    expectInOrder(failed.log, "no stylesheets today", "The app's assets could not be precompiled");
    await rm(join(app.dir, "broken"));
  });

  test("a failing `rake -P` aborts with the app's own backtrace first, our advice after it", async () => {
    const rakefile = await readFile(join(app.dir, "Rakefile"), "utf8");
    await write("Rakefile", `require "rspec/core/rake_task"\n`);
    const failed = await rebuild();
    expect(failed.exitCode).not.toBe(0);
    expectInOrder(
      failed.log,
      "cannot load such file -- rspec/core/rake_task",
      "/workspace/Rakefile:1",
      "The app's rake tasks could not be listed",
      "Move the gem that has `rspec/core/rake_task` out of the groups",
    );
    await write("Rakefile", rakefile);
  });

  test("a task whose name only begins like it, and a prerequisite, are not `assets:precompile`", async () => {
    const rakefile = await readFile(join(app.dir, "Rakefile"), "utf8");
    await rm(join(app.dir, "Rakefile"));
    await write("rakefile.rb", `task "assets:precompile_x"\ntask deploy: "assets:precompile"\n`);
    const built = await rebuild();
    expect(built).toMatchObject({ exitCode: 0 });
    expect(built.log).toContain("Not precompiled, because the app has no task `assets:precompile`");
    await rm(join(app.dir, "rakefile.rb"));
    await write("Rakefile", rakefile);
  });

  test("BP_RAILS_SKIP_ASSETS=true runs no rake at all", async () => {
    const built = await rebuild({ BP_RAILS_SKIP_ASSETS: "true" });
    expect(built).toMatchObject({ exitCode: 0 });
    expect(built.log).toContain("Not precompiled, because `BP_RAILS_SKIP_ASSETS` is set");
    expect(built.log).not.toMatch(/Running `[^`]*rake/);
  });
});

async function rebuild(env: Record<string, string> = {}): Promise<BuildResult> {
  // Whatever bootsnap leaves is then rake's.
  const ours = { BP_INVENTORY: server.inventory, BP_RAILS_BOOTSNAP: "false" };
  return await build({ app, world, env: { ...ours, ...env } });
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(app.dir, path, ".."), { recursive: true });
  await writeFile(join(app.dir, path), text);
}

/** The stylesheets in the built app, whatever made them. */
async function stylesheets(): Promise<string[]> {
  const { log } = await runCommandIn({ app, world }, "ls", "public/assets");
  return log.match(/^application-\w+\.css$/gm) ?? [];
}

function expectInOrder(log: string, ...texts: string[]): void {
  const places = texts.map((text) => log.indexOf(text));
  expect(places, log).not.toContain(-1);
  expect(places, log).toEqual(places.toSorted((a, b) => a - b));
}
