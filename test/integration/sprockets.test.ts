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

// Sprockets tells of each stylesheet that it compiles and does not take from its cache.
const witness = `
Rails.application.config.assets.configure do |environment|
  environment.register_preprocessor "text/css", lambda { |input|
    puts "COMPILES #{File.basename(input[:filename])}"
  }
end
`;

// What earlier builds made looks two hours old to `assets:clean`, so that their number decides.
const tasks = `
task "key:found" do
  Dir["public/assets/.sprockets-manifest-*.json"].each do |path|
    manifest = JSON.parse(File.read(path))
    manifest["files"].each_value do |file|
      made = Time.parse(file["mtime"])
      file["mtime"] = (made - 7200).iso8601 if made > Time.now - 3600
    end
    File.write(path, JSON.generate(manifest))
  end
  puts "KEY #{ENV["SECRET_KEY_BASE_DUMMY"].inspect} #{ENV["SECRET_KEY_BASE"].to_s[/\\A\\h{128}\\z/].nil?}"
end
task "assets:precompile" => "key:found"
`;

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let world: World;
let server: MirrorServer;
let app: App;
let first: BuildResult;

// Each change is made to the app as the one before left it.
beforeAll(async () => {
  world = await ensureWorld({ rubies: ["3.3.8", "3.1.2"] });
  place = await temporaryDirectory();
  server = await serveMirror(world.mirror);
  app = await makeApp(place.path, "rails-sprockets", {
    "lib/tasks/story.rake": tasks,
    "config/witness.rb": witness,
  });
  const config = join(app.dir, "config/environments/production.rb");
  await writeFile(config, `${await readFile(config, "utf8")}\nrequire_relative "../witness"\n`);
  first = await rebuild();
});

afterAll(async () => {
  await server?.close();
  await place?.[Symbol.asyncDispose]();
});

describe("a Rails app with Sprockets", () => {
  test("is precompiled, and the built app serves what its page links", async () => {
    expect(first).toMatchObject({ exitCode: 0 });
    expect(compiled(first)).toEqual(["application.css", "colours.css", "layout.css"]);
    await using served = await serve({ app, world });
    const page = await served.get("/");
    expect([page.v4.status, page.v6.status]).toEqual([200, 200]);
    const link = /<link rel="stylesheet" href="([^"]+)"/.exec(page.v4.body)?.[1] ?? "";
    expect(link).toMatch(/^\/assets\/application-[0-9a-f]{64}\.css$/);
    const stylesheet = (await served.get(link)).v6;
    expect(stylesheet).toMatchObject({ status: 200 });
    expect(stylesheet.body).toContain("midnightblue");
  });

  test("gets a key that is thrown away where Rails, before 7.1, makes up none", async () => {
    expect(first.log).toContain("KEY nil false");
    expect(first.log).toContain("Setting `SECRET_KEY_BASE` for these commands");
    const left = await runCommandIn({ app, world }, "find", "tmp", "-type", "f");
    expect(left.log).not.toMatch(/local_secret|cache\/assets/);
  });

  test("compiles the stylesheet that was changed and the one that requires it, not a third", async () => {
    await write("app/assets/stylesheets/layout.css", "body { margin: 3em }\n");
    const again = await rebuild();
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.log).toMatch(/Restored `\d+` files of the last build/);
    expect(compiled(again)).toEqual(["application.css", "layout.css"]);
    expect(await stylesheets()).toHaveLength(2);
  });

  test("keeps the current version and two before it, as its own `assets:clean` says, over saves and restores", async () => {
    const original = (await stylesheets()).find((name) => first.log.includes(name)) ?? "none";
    await write("app/assets/stylesheets/layout.css", "body { margin: 4em }\n");
    expect(await rebuild()).toMatchObject({ exitCode: 0 });
    expect(await stylesheets()).toHaveLength(3);
    expect(await stylesheets()).toContain(original);
    await write("app/assets/stylesheets/layout.css", "body { margin: 5em }\n");
    expect(await rebuild()).toMatchObject({ exitCode: 0 });
    expect(await stylesheets()).toHaveLength(3);
    expect(await stylesheets()).not.toContain(original);
  });

  test("with BP_RAILS_ASSETS_REUSE=true, is left as a compile leaves it, by a build that runs no rake", async () => {
    const env = { BP_RAILS_ASSETS_REUSE: "true" };
    expect(await rebuild(env)).toMatchObject({ exitCode: 0 });
    const compiled = await contents();
    expect(compiled.join("\n")).toContain("  ./public/assets/.sprockets-manifest-");
    const reused = await rebuild(env);
    expect(reused).toMatchObject({ exitCode: 0 });
    expect(reused.log).toContain("Not precompiled, because nothing that precompiling read");
    expect(reused.log).not.toMatch(/Running `[^`]*rake|COMPILES/);
    expect(await contents()).toEqual(compiled);
  });

  describe("with BP_RAILS_ASSETS_REUSE=true", () => {
    const env = { BP_RAILS_ASSETS_REUSE: "true" };
    const themed = `<% theme = YAML.load_file(Rails.root.join("config/theme.yml")) %>
<% depend_on Rails.root.join("config/theme.yml").to_s %>
a { color: <%= theme["link"] %> }
`;

    beforeAll(async () => {
      await write("config/theme.yml", "link: navy\n");
      await write("config/initializers/mark.rb", "");
      await write("app/assets/stylesheets/themed.css.erb", themed);
      await write("app/assets/stylesheets/layout.css", "/*\n *= require themed\n */\n");
      expect(await rebuild(env)).toMatchObject({ exitCode: 0 });
      expect(await served()).toContain("color: navy");
    });

    test.each([
      ["app/controllers/pages_controller.rb", "\n# changed\n"],
      ["app/views/pages/index.html.erb", "\n<p>changed</p>\n"],
      ["config/puma.rb", "\n# changed\n"],
    ])("no rake runs after a change of %s", async (path, added) => {
      await append(path, added);
      const again = await rebuild(env);
      expect(again).toMatchObject({ exitCode: 0 });
      expect(again.log).toContain("Not precompiled, because nothing that precompiling read");
      expect(await served()).toContain("color: navy");
    });

    test.each([
      ["config/theme.yml", "# changed\n"],
      ["app/assets/stylesheets/colours.css", "\n/* changed */\n"],
      ["config/initializers/mark.rb", "# changed\n"],
      ["config/environments/production.rb", "\n# changed\n"],
      ["config/routes.rb", "\n# changed\n"],
      ["lib/tasks/story.rake", "\n# changed\n"],
    ])("rake runs after a change of %s", async (path, added) => {
      await append(path, added);
      const again = await rebuild(env);
      expect(again).toMatchObject({ exitCode: 0 });
      expect(again.log).toContain(`    - \`${path}\` has changed\n`);
      expect(again.log).toContain("Running `bundle exec rake assets:precompile");
    });

    test.each([
      ["a new file", { path: "docs/note.md" }, /`docs\/note.md` is new/],
      ["a variable", { variable: "THEME" }, /because the build's environment changed/],
    ])("rake runs after %s", async (_, { path = "", variable = "" }: Cause, reason) => {
      if (path) await write(path, "");
      const again = await rebuild({ ...env, ...(variable && { [variable]: "dark" }) });
      expect(again).toMatchObject({ exitCode: 0 });
      expect(again.log).toMatch(reason);
      expect(again.log).toContain("Running `bundle exec rake assets:precompile");
    });
  });

  test("aborts on a broken stylesheet, with Sprockets' own error first", async () => {
    const broken = "/*\n *= require marble\n */\n";
    await write("app/assets/stylesheets/colours.css", broken);
    const failed = await rebuild();
    expect(failed.exitCode).not.toBe(0);
    expectInOrder(
      failed.log,
      "couldn't find file 'marble'",
      "app/assets/stylesheets/colours.css",
      "The app's assets could not be precompiled",
    );
    await write("app/assets/stylesheets/colours.css", "body { color: black }\n");
  });

  test.each([".sprockets-manifest-0a1b2c.json", "manifest-0a1b2c.json"])(
    "is not precompiled where it brings public/assets/%s",
    async (manifest) => {
      await write(`public/assets/${manifest}`, '{"files":{},"assets":{}}');
      const skipped = await rebuild();
      expect(skipped).toMatchObject({ exitCode: 0 });
      expect(skipped.log).toContain(
        `Not precompiled, because the app contains \`public/assets/${manifest}\``,
      );
      expect(compiled(skipped)).toEqual([]);
      expect(await stylesheets()).toEqual([]);
      await rm(join(app.dir, "public/assets", manifest));
    },
  );
});

async function rebuild(env: Record<string, string> = {}): Promise<BuildResult> {
  return await build({ app, world, env: { BP_INVENTORY: server.inventory, ...env } });
}

interface Cause {
  path?: string;
  variable?: string;
}

async function append(path: string, text: string): Promise<void> {
  const file = join(app.dir, path);
  await writeFile(file, (await readFile(file, "utf8")) + text);
}

/** What browsers get as the app's stylesheet. */
async function served(): Promise<string> {
  const { log } = await runCommandIn(
    { app, world },
    "sh",
    "-c",
    "cat public/assets/application-*.css",
  );
  return log;
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(app.dir, path, ".."), { recursive: true });
  await writeFile(join(app.dir, path), text);
}

/** The stylesheets that Sprockets compiled in a build. */
function compiled({ log }: BuildResult): string[] {
  return [...log.matchAll(/^ *COMPILES (\S+)$/gm)].map(([, name = ""]) => name).sort();
}

/** The stylesheets in the built app. */
async function stylesheets(): Promise<string[]> {
  const { log } = await runCommandIn({ app, world }, "ls", "public/assets");
  return log.match(/^application-\w+\.css$/gm) ?? [];
}

/** The modes, names and digests of everything in the built app. */
async function contents(): Promise<string[]> {
  const script = "find . -printf '%M %p %l\\n' | sort; find . -type f -exec sha256sum {} + | sort";
  const { log } = await runCommandIn({ app, world }, "sh", "-c", script);
  return log.match(/^([dl-][rwxsStT-]{9}|[0-9a-f]{64}) .*$/gm) ?? [];
}

function expectInOrder(log: string, ...texts: string[]): void {
  const places = texts.map((text) => log.indexOf(text));
  expect(places, log).not.toContain(-1);
  expect(places, log).toEqual(places.toSorted((a, b) => a - b));
}
