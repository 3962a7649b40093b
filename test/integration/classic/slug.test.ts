import { execFileSync } from "node:child_process";
import { cp, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools, toolsForGems } from "../../../scripts/debian/toolchain.ts";
import { withWork } from "../../../scripts/work.ts";
import { readTarget } from "../../../src/cnb/target.ts";
import { parseRelease } from "../../../src/classic/release.ts";
import { command, makeApp, runToEnd, type Served, serveBy } from "../../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../../support/servers/mirror-server.ts";
import { treeDigest } from "../../support/tree-digest.ts";
import {
  ensureWorld,
  fullRing,
  onlyInFullRing,
  runUser,
  temporaryDirectory,
  type World,
} from "../../support/world.ts";

let world: World;
let server: MirrorServer;
let place: Awaited<ReturnType<typeof temporaryDirectory>>;

const { distro } = await readTarget({}, { root: "/" });
// Slugs are compiled on the machine itself, and the mirror's Ruby is for one system.
const canCompile = distro?.name === "debian" && distro.version === "12";
const isRoot = process.getuid?.() === 0;

beforeAll(async () => {
  if (!canCompile) return;
  world = await ensureWorld();
  await withWork("What gems are compiled with", (work) => ensureTools(work, toolsForGems));
  place = await temporaryDirectory();
  server = await serveMirror(world.mirror);
});

afterAll(async () => {
  await server?.close();
  await place?.[Symbol.asyncDispose]();
});

/** One app: its repository, and what the platform keeps for it. */
interface Story {
  repository: string;
  slug: string;
  cache: string;
}

async function makeStory(sample: string, name: string): Promise<Story> {
  const { dir } = await makeApp(join(place.path, name), sample);
  return {
    repository: dir,
    slug: join(place.path, name, "slug.tgz"),
    cache: join(dir, "../cache"),
  };
}

async function makeSlug(
  { repository, slug, cache }: Story,
  { source = repository, prefix = [] }: { source?: string; prefix?: readonly string[] } = {},
): Promise<{ exitCode: number; log: string }> {
  const inventory = ["--env", `BP_INVENTORY=${server.inventory}`];
  const words = ["slug", "--cache", cache, "--output", slug, ...inventory, source];
  return await runToEnd([...prefix, command, ...words]);
}

function dynoWords(slug: string, env: Record<string, string> = {}): string[] {
  return [
    ...[command, "slug", "run", "--run-root", world.runRoot],
    ...["--run-uid", `${runUser.uid}`, "--gid", `${runUser.gid}`],
    ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    slug,
  ];
}

async function inDyno(slug: string, script: string, env: Record<string, string> = {}) {
  return await runToEnd([...dynoWords(slug, env), "--", "sh", "-c", script]);
}

async function expectServes(served: Served): Promise<void> {
  const { v4, v6 } = await served.get("/stones");
  expect([v4.status, v6.status]).toEqual([200, 200]);
  expect(JSON.parse(v6.body)).toMatchObject({ path: "/stones", rack_env: "production" });
}

async function unpack(slug: string, destination: string): Promise<string> {
  await mkdir(destination, { recursive: true });
  execFileSync("tar", ["-xzf", slug, "-C", destination]);
  return join(destination, "app");
}

const slugGems = ".lapidary/layers/lapidary_ruby/gems";

const loadsJemalloc = "grep -q jemalloc /proc/self/maps && echo loaded || echo not loaded";

describe.skipIf(!canCompile)("a platform of slugs, from a repository to a dyno", () => {
  let story: Story;

  beforeAll(async () => {
    story = await makeStory("rack", "rack");
  });

  test("a repository's tar.gz becomes a slug that serves from /app, where there is no Ruby", async () => {
    const directive = 'BUNDLE_BUILD__NIO4R: "--with-stone-lib=/app/vendor/stone/lib"\n';
    await mkdir(join(story.repository, ".heroku_bundle"));
    await writeFile(join(story.repository, ".heroku_bundle/config"), directive);
    const source = join(place.path, "repository.tar.gz");
    execFileSync("tar", ["-czf", source, "-C", join(story.repository, ".."), "app"]);
    const { exitCode, log } = await makeSlug(story, { source });
    expect({ exitCode, log }).toMatchObject({ exitCode: 0 });
    expect(log).toContain("detected `Ruby`");
    expect(log).toContain("Compiling at /app, in a sandbox");
    await using served = await serveBy((port) => dynoWords(story.slug, { PORT: `${port}` }));
    await expectServes(served);
    const app = await unpack(story.slug, join(place.path, "first"));
    const [info = ""] = await glob(`${slugGems}/build_info/nio4r-*.info`, { cwd: app });
    expect(await readFile(join(app, info), "utf8")).toBe(
      "--with-stone-lib=/app/vendor/stone/lib\n",
    );
  });

  test("a dyno loads jemalloc where JEMALLOC_ENABLED is true, and is at /app, its HOME", async () => {
    const script = `${loadsJemalloc}; echo "$PWD $HOME $RACK_ENV $(command -v ruby)"`;
    const own = "/app /app production /app/.lapidary/layers/lapidary_ruby/ruby/bin/ruby\n";
    expect(await inDyno(story.slug, script)).toEqual({ exitCode: 0, log: `not loaded\n${own}` });
    const enabled = await inDyno(story.slug, script, { JEMALLOC_ENABLED: "true" });
    expect(enabled).toEqual({ exitCode: 0, log: `loaded\n${own}` });
  });

  test("a second compile uses the cache directory: it downloads nothing, and keeps the secret", async () => {
    const printSecret = 'printf %s "$SECRET_KEY_BASE"';
    const secret = await inDyno(story.slug, printSecret);
    expect(secret.log).toMatch(/^[0-9a-f]{128}$/);
    const changed = join(story.repository, "config.ru");
    await writeFile(changed, `# changed\n${await readFile(changed, "utf8")}`);
    const before = server.requests.length;
    const { exitCode, log } = await makeSlug(story);
    expect({ exitCode, log }).toMatchObject({ exitCode: 0 });
    expect(log).toContain("Using `3.3.8` of the last build");
    expect(log).toContain("Using the gems of the last build: nothing has changed");
    expect(server.requests.length).toBe(before);
    expect(await inDyno(story.slug, printSecret)).toEqual(secret);
    expect((await inDyno(story.slug, "head -1 config.ru")).log).toBe("# changed\n");
  });

  test("a compile that fails leaves the cache directory and the slug as they were, byte for byte", async () => {
    const seen = async () => [
      await treeDigest(story.cache),
      (await stat(story.cache)).mtimeMs,
      await readFile(story.slug),
    ];
    const before = await seen();
    const gemfile = join(story.repository, "Gemfile");
    const text = await readFile(gemfile, "utf8");
    await writeFile(gemfile, `${text}gem "rake"\n`);
    const { exitCode, log } = await makeSlug(story);
    await writeFile(gemfile, text);
    expect({ exitCode, log }).toMatchObject({ exitCode: 1 });
    expect(log).toContain("(gems/lockfile-out-of-step)");
    expect(log).toContain("The previous slug and the cache are unchanged.");
    expect(await seen()).toEqual(before);
  });

  test("a slug that was moved to another directory serves there", async () => {
    const app = await unpack(story.slug, join(place.path, "else where"));
    const release = parseRelease(await readFile(join(app, ".release"), "utf8"), "own");
    const start = 'cd "$1" && for f in .profile.d/*.sh; do . "$f"; done && eval "exec $2"';
    await using served = await serveBy((port) => [
      ...["env", "-i", "PATH=/usr/bin:/bin", `HOME=${app}`, `PORT=${port}`],
      ...["bash", "-c", start, "bash", app, release.processTypes["web"] ?? ""],
    ]);
    await expectServes(served);
    expect(await readFile(`/proc/${served.pid}/cmdline`, "utf8")).toContain("puma");
  });

  test("where namespaces are refused, it is compiled where it stands, and runs at /app", async (context) => {
    if (!isRoot) context.skip("only root can give away what makes namespaces");
    const prefix = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"];
    const cold = fullRing ? { ...story, cache: join(place.path, "cold") } : story;
    const { exitCode, log } = await makeSlug(cold, { prefix });
    expect({ exitCode, log }).toMatchObject({ exitCode: 0 });
    expect(log).toMatch(/Compiling at \S+\/build_\w+\/app, without a sandbox/);
    const app = await unpack(cold.slug, join(place.path, "in-place"));
    const found = await runToEnd(["grep", "-rlI", "/build_[[:alnum:]]*/app", app]);
    expect(found).toEqual({ exitCode: 1, log: "" });
    await using served = await serveBy((port) => dynoWords(story.slug, { PORT: `${port}` }));
    await expectServes(served);
  });
});

describe.skipIf(!canCompile)("a Rails app as a slug", () => {
  test("is compiled with its assets, serves, and a second compile keeps them", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    const story = await makeStory("rails", "rails");
    expect(await makeSlug(story)).toMatchObject({ exitCode: 0 });
    const again = await makeSlug(story);
    expect(again).toMatchObject({ exitCode: 0, log: expect.stringContaining("Restored") });
    const start = "bin/rails db:prepare && exec bin/rails server --binding ::";
    await using served = await serveBy((port) => [
      ...dynoWords(story.slug, { PORT: `${port}` }),
      ...["--", "sh", "-c", start],
    ]);
    const { v4, v6 } = await served.get("/");
    expect([v4.status, v6.status]).toEqual([200, 200]);
    expect(v4.body).toContain("Amethyst");
    const [stylesheet = ""] = /\/assets\/application-\w+\.css/.exec(v4.body) ?? [];
    expect((await served.get(stylesheet)).v4.status).toBe(200);
  });

  test("bin/test-compile and bin/test run its own tests", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    const { repository, cache } = await makeStory("rails", "tested");
    const test = join(repository, "test/models/gemstone_test.rb");
    const body = 'test "env" do\n assert_equal "test", Rails.env\n puts Dir.pwd\n end';
    const text = `require "test_helper"\nclass GemstoneTest < ActiveSupport::TestCase\n${body}\nend\n`;
    await writeFile(test, text);
    const env = join(place.path, "env");
    await mkdir(env);
    await writeFile(join(env, "BP_INVENTORY"), server.inventory);
    const app = join(place.path, "checkout");
    await cp(repository, app, { recursive: true });
    const program = (name: string) => join(command, "..", name);
    expect(await runToEnd([program("test-compile"), app, cache, env])).toMatchObject({
      exitCode: 0,
    });
    const passed = await runToEnd([program("test"), app, env]);
    expect(passed).toMatchObject({ exitCode: 0, log: expect.stringContaining("/app\n") });
    await writeFile(join(app, "test/models/gemstone_test.rb"), text.replace('"test", R', '"x", R'));
    expect((await runToEnd([program("test"), app, env])).exitCode).toBe(1);
  });
});
