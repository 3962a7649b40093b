import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import glob from "fast-glob";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeGem } from "../support/builds/gem.ts";
import { serveGems } from "../support/servers/gem-server.ts";
import { type App, build, makeApp, runCommandIn } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";
import { ensureWorld, temporaryDirectory, type World } from "../support/world.ts";

const secret = "s3cret-that-nobody-may-read";
let world: World;
let mirror: MirrorServer;

beforeAll(async () => {
  world = await ensureWorld();
  mirror = await serveMirror(world.mirror);
});

afterAll(async () => {
  await mirror?.close();
});

describe("a private gem server", () => {
  test("lets in whom the environment or a binding names, and nothing keeps the password", async () => {
    await using place = await temporaryDirectory();
    await using gems = await serveGems([stone("opal")], { user: "shop", password: secret });
    const app = await appOf(place.path, {
      Gemfile: `source "${gems.url}"\ngem "opal"\n`,
      "Gemfile.lock": lockfile(
        [`GEM\n  remote: ${gems.url}\n  specs:\n    opal (1.0.0)\n`],
        ["opal"],
      ),
    });
    const env = { BP_INVENTORY: mirror.inventory };

    const refused = await build({ app, world, env });
    expect(refused.exitCode).not.toBe(0);
    expect(refused.log).toContain("add a service binding of type gem-credentials");

    const byEnv = { ...env, BUNDLE_127__0__0__1: `shop:${secret}` };
    const before = gems.requests.length;
    await expectBuilt(app, { env: byEnv });
    // Not the server's list of all gems, which Bundler would ask for.
    expect(gems.requests.slice(before)).toEqual([
      { path: "/info/opal", allowed: true },
      { path: "/gems/opal-1.0.0.gem", allowed: true },
    ]);

    const binding = join(place.path, "binding");
    await writeTree(binding, {
      type: "gem-credentials\n",
      host: "127.0.0.1\n",
      username: "shop\n",
      password: `${secret}\n`,
    });
    const args = ["--clear-cache", "--binding", `private=${binding}`];
    const log = await expectBuilt(app, { env, args });
    expect(log).toContain("`BUNDLE_127__0__0__1` from the binding `private`");
    expect(gems.requests.at(-1)).toEqual({ path: "/gems/opal-1.0.0.gem", allowed: true });
  });

  async function expectBuilt(
    app: App,
    request: { env: Record<string, string>; args?: readonly string[] },
  ): Promise<string> {
    const built = await build({ app, world, ...request });
    expect(built).toMatchObject({ exitCode: 0 });
    expect(built.log).not.toContain(secret);
    expect(built.log).toContain("Installing opal 1.0.0");
    expect(await runRuby(app, "print Opal::COLOUR")).toContain("opal is bright");
    // Layers, labels, launch metadata, caches: all that a build leaves is in there.
    expect(await filesWith(secret, app.state)).toEqual([]);
    expect(await readFile(app.report, "utf8")).not.toContain(secret);
    return built.log;
  }
});

describe("gems that the app brings", () => {
  test("are installed and updated without any network, and their history stays behind", async () => {
    await using place = await temporaryDirectory();
    const app = await appOf(place.path, {
      Gemfile: 'source "https://gems.invalid"\n',
      "Gemfile.lock": lockfile([], []),
    });
    const env = { BP_INVENTORY: mirror.inventory };
    // Ruby comes with this one; all that follows has no network.
    expect(await build({ app, world, env })).toMatchObject({ exitCode: 0 });
    const rebuild = async (more: Record<string, string> = {}) =>
      await build({ app, world, env: { ...env, ...more }, prefix: ["unshare", "--net"] });

    const { jade, onyx } = await addGems(app, place.path);
    const built = await rebuild();
    expect(built).toMatchObject({ exitCode: 0 });
    expect(built.log).toContain("Installing opal 1.0.0");
    const colours = "print [Opal, Jade, Onyx, Beryl].map { |stone| stone::COLOUR }.join(' ')";
    const words = "opal is bright jade is bright onyx is bright beryl is bright";
    expect(await runRuby(app, colours)).toContain(words);
    const checkouts = await inGems(app, `bundler/gems/{jade-${jade},onyx-${onyx}}/lib/*.rb`);
    expect(checkouts).toHaveLength(2);
    expect(await inGems(app, "**/{.git,cache}")).toEqual([]);

    // Bundler takes gems without their history for installed.
    const unchanged = await rebuild();
    expect(unchanged.log).toContain("Using the gems of the last build: nothing has changed");
    const again = await rebuild({ HEROKU_SKIP_BUNDLE_DIGEST: "1" });
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.log).toContain("Running `bundle install`");
    expect(await runRuby(app, colours)).toContain(words);

    await writeTree(app.dir, {
      "gems/beryl/lib/beryl.rb": stone("beryl", "dull").files["lib/beryl.rb"],
    });
    const changed = await rebuild({ HEROKU_SKIP_BUNDLE_DIGEST: "1" });
    expect(changed.log).toMatch(/Updating, because a file that the Gemfile reads changed/);
    expect(await runRuby(app, "print Beryl::COLOUR")).toContain("beryl is dull");
  });
});

test("a gem that is added later compiles against the headers of one whose unneeded files are gone", async () => {
  await using place = await temporaryDirectory();
  const app = await appOf(place.path, {
    Gemfile: 'source "https://gems.invalid"\ngem "agate"\n',
    "Gemfile.lock": lockfile(
      ["GEM\n  remote: https://gems.invalid/\n  specs:\n    agate (1.0.0)\n"],
      ["agate"],
    ),
  });
  await writeTree(app.dir, { "vendor/cache/agate-1.0.0.gem": agate.archive });
  const env = { BP_INVENTORY: mirror.inventory };
  const first = await build({ app, world, env });
  expect(first).toMatchObject({ exitCode: 0 });
  expect(first.log).toMatch(/Removed \d+ B that no app needs/);
  const left = await inGems(app, "gems/agate-1.0.0/**/*.{c,h,rb}");
  expect(left.toSorted()).toEqual([
    "gems/agate-1.0.0/ext/agate/agate.h",
    "gems/agate-1.0.0/ext/agate/extconf.rb",
    "gems/agate-1.0.0/lib/agate.rb",
  ]);

  await writeTree(app.dir, {
    "vendor/cache/basalt-1.0.0.gem": basalt.archive,
    Gemfile: 'source "https://gems.invalid"\ngem "basalt"\n',
    "Gemfile.lock": lockfile(
      [
        "GEM\n  remote: https://gems.invalid/\n  specs:\n    agate (1.0.0)\n    basalt (1.0.0)\n      agate\n",
      ],
      ["basalt"],
    ),
  });
  const second = await build({ app, world, env });
  expect(second).toMatchObject({ exitCode: 0 });
  expect(second.log).toContain("Installing basalt 1.0.0 with native extensions");
  expect(second.log).not.toContain("Installing agate");
  expect(await runRuby(app, "print Basalt.colour")).toContain("banded");
});

test("gems that were downloaded before are compiled at the same time", async () => {
  await using place = await temporaryDirectory();
  const names = ["granite", "marble"];
  const gems = names.map((name, index) => waitingGem(name, names[1 - index] ?? ""));
  await using server = await serveGems(gems, { user: "shop", password: secret });
  const specs = names.map((name) => `    ${name} (1.0.0)\n`).join("");
  const app = await appOf(place.path, {
    Gemfile: `source "${server.url}"\n${names.map((name) => `gem "${name}"\n`).join("")}`,
    "Gemfile.lock": lockfile([`GEM\n  remote: ${server.url}\n  specs:\n${specs}`], names),
  });
  const env = { BP_INVENTORY: mirror.inventory, BUNDLE_127__0__0__1: `shop:${secret}` };
  const built = await build({ app, world, env });
  expect(built).toMatchObject({ exitCode: 0 });
  expect(built.log).toContain("Downloading `2` gems");
  expect(built.log).not.toContain("asks the gem servers");
});

test("a gem that does not support the app's Ruby ends the build with Bundler's own error", async () => {
  await using place = await temporaryDirectory();
  const quartz = makeGem({ ...stone("quartz"), oldestRuby: "9.0" });
  await using server = await serveGems([quartz], { user: "shop", password: secret });
  const app = await appOf(place.path, {
    Gemfile: `source "${server.url}"\ngem "quartz"\n`,
    "Gemfile.lock": lockfile(
      [`GEM\n  remote: ${server.url}\n  specs:\n    quartz (1.0.0)\n`],
      ["quartz"],
    ),
  });
  const env = { BP_INVENTORY: mirror.inventory, BUNDLE_127__0__0__1: `shop:${secret}` };
  const built = await build({ app, world, env });
  expect(built.exitCode).not.toBe(0);
  expect(built.log).toContain("Bundler cannot use what was downloaded, so it asks the gem servers");
  expect(built.log).toMatch(/quartz-1\.0\.0 requires ruby version >= 9\.0/);
});

/** A gem whose extension only compiles while that of the other gem does, too. */
function waitingGem(name: string, other: string) {
  const script = [
    `File.write("/tmp/${name}", "")`,
    `300.times { File.exist?("/tmp/${other}") ? break : sleep(0.1) }`,
    `abort "${other} is not being compiled" unless File.exist?("/tmp/${other}")`,
    'File.write("Makefile", "all:\\ninstall:\\nclean:\\n")',
  ].join("\n");
  const extension = `ext/${name}/extconf.rb`;
  const files = { [extension]: script, [`lib/${name}.rb`]: "" };
  return makeGem({ name, version: "1.0.0", extensions: [extension], files });
}

const agate = makeGem({
  name: "agate",
  version: "1.0.0",
  extensions: ["ext/agate/extconf.rb"],
  files: {
    "ext/agate/extconf.rb": 'require "mkmf"\ncreate_makefile("agate/agate")\n',
    "ext/agate/agate.h": '#define AGATE_COLOUR "banded"\n',
    "ext/agate/agate.c":
      '#include <ruby.h>\n#include "agate.h"\nvoid Init_agate(void) { rb_define_module("Agate"); }\n',
    "lib/agate.rb": 'require "agate/agate"\n',
    "test/agate_test.rb": "",
  },
});

const basalt = makeGem({
  name: "basalt",
  version: "1.0.0",
  needs: ["agate"],
  extensions: ["ext/basalt/extconf.rb"],
  files: {
    "ext/basalt/extconf.rb": [
      'require "mkmf"',
      '$INCFLAGS << " -I#{Gem::Specification.find_by_name("agate").gem_dir}/ext/agate"',
      'create_makefile("basalt/basalt")\n',
    ].join("\n"),
    "ext/basalt/basalt.c": [
      "#include <ruby.h>",
      '#include "agate.h"',
      "static VALUE colour(VALUE self) { return rb_str_new_cstr(AGATE_COLOUR); }",
      'void Init_basalt(void) { rb_define_singleton_method(rb_define_module("Basalt"), "colour", colour, 0); }\n',
    ].join("\n"),
    "lib/basalt.rb": 'require "basalt/basalt"\n',
  },
});

test("a path gem whose gemspec runs git works in an image without git and .git", async () => {
  await using place = await temporaryDirectory();
  const app = await appOf(place.path, {
    Gemfile: 'source "https://gems.invalid"\ngem "amber", path: "gems/amber"\n',
    "Gemfile.lock": lockfile(
      [
        "PATH\n  remote: gems/amber\n  specs:\n    amber (1.0.0)\n",
        "GEM\n  remote: https://gems.invalid/\n  specs:\n",
      ],
      ["amber!"],
    ),
  });
  await writeTree(app.dir, {
    "gems/amber/amber.gemspec": gemspec("amber").replace(
      "\nend",
      '\nspec.bindir = "exe"\nspec.executables = spec.files.grep(%r{^exe/}) { |f| File.basename(f) }\nend',
    ),
    "gems/amber/exe/amber": '#!/usr/bin/env ruby\nrequire "amber"\nputs Amber::COLOUR\n',
    ...under("gems/amber", stone("amber").files),
  });
  await git(app.dir, "init", "--quiet");
  await git(app.dir, "config", "http.extraheader", `AUTHORIZATION: basic ${secret}`);
  await git(app.dir, "add", ".");

  const built = await build({ app, world, env: { BP_INVENTORY: mirror.inventory } });
  expect(built).toMatchObject({ exitCode: 0 });
  expect(built.log).toContain("so that the app starts without git: amber");
  expect(built.log).toContain("Removed `.git` (to keep it in the image: `BP_KEEP_GIT=true`)");
  expect(built.log).not.toContain("not a git repository");
  expect(await filesWith(secret, app.state)).toEqual([]);
  const inImage = async (...command: string[]) =>
    (await runCommandIn({ app, world }, ...command)).log;
  expect(await inImage("bundle", "exec", "amber")).toContain("amber is bright");
  const script = 'ls -d .git; command -v git; grep -n "git" gems/amber/amber.gemspec; echo "none"';
  expect(await inImage("sh", "-c", script)).toMatch(/^none$/m);
  expect(await inImage("sh", "-c", script)).not.toMatch(/ls-files|bin\/git|^\.git$/m);
});

/** One gem in `vendor/cache`, one from git there, one from a repository of the app, one by path. */
async function addGems(app: App, parent: string): Promise<{ jade: string; onyx: string }> {
  const jade = await makeRepository(parent, "jade", join(app.dir, "repositories/jade.git"));
  const onyx = await makeRepository(parent, "onyx", join(parent, "onyx.git"));
  const cached = join(app.dir, "vendor/cache", `onyx-${onyx.slice(0, 12)}`);
  await git(parent, "clone", "--quiet", "--bare", join(parent, "onyx.git"), cached);
  await writeTree(cached, { ".bundlecache": "" });
  await writeTree(app.dir, {
    "vendor/cache/opal-1.0.0.gem": stone("opal").archive,
    // Evaluated whenever the app starts, where there is no git.
    "gems/beryl/beryl.gemspec": gemspec("beryl", 'Dir["lib/**/*.rb"]'),
    ...under("gems/beryl", stone("beryl").files),
    Gemfile: [
      'source "https://gems.invalid"',
      'gem "opal"',
      'gem "jade", git: "file:///workspace/repositories/jade.git"',
      'gem "onyx", git: "https://git.invalid/onyx.git"',
      'gem "beryl", path: "gems/beryl"\n',
    ].join("\n"),
    "Gemfile.lock": lockfile(
      [
        `GIT\n  remote: file:///workspace/repositories/jade.git\n  revision: ${jade}\n  specs:\n    jade (1.0.0)\n`,
        `GIT\n  remote: https://git.invalid/onyx.git\n  revision: ${onyx}\n  specs:\n    onyx (1.0.0)\n`,
        "PATH\n  remote: gems/beryl\n  specs:\n    beryl (1.0.0)\n",
        "GEM\n  remote: https://gems.invalid/\n  specs:\n    opal (1.0.0)\n",
      ],
      ["beryl!", "jade!", "onyx!", "opal"],
    ),
  });
  return { jade: jade.slice(0, 12), onyx: onyx.slice(0, 12) };
}

/** A bare repository with one commit of a gem; answers with the commit. */
async function makeRepository(parent: string, name: string, to: string): Promise<string> {
  const work = join(parent, `${name}-work`);
  await writeTree(work, { [`${name}.gemspec`]: gemspec(name), ...stone(name).files });
  await git(work, "init", "--quiet", "--initial-branch", "main");
  await git(work, "add", ".");
  const who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  await git(work, ...who, "commit", "--quiet", "--message", "A stone");
  await mkdir(dirname(to), { recursive: true });
  await git(parent, "clone", "--quiet", "--bare", work, to);
  return (await git(work, "rev-parse", "HEAD")).trim();
}

async function git(cwd: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)("git", args, { cwd })).stdout;
}

function stone(name: string, colour = "bright") {
  const module = name.replace(/^./, (letter) => letter.toUpperCase());
  const code = `module ${module}\n  COLOUR = "${name} is ${colour}"\nend\n`;
  return makeGem({ name, version: "1.0.0", files: { [`lib/${name}.rb`]: code } });
}

function gemspec(name: string, files = '`git ls-files -z`.split("\\x0")'): string {
  const lines = [
    `spec.name = "${name}"`,
    'spec.version = "1.0.0"',
    'spec.summary = "a stone"',
    'spec.authors = ["Test"]',
    `spec.files = ${files}`,
  ];
  return `Gem::Specification.new do |spec|\n${lines.join("\n")}\nend\n`;
}

function lockfile(sources: readonly string[], dependencies: readonly string[]): string {
  const direct = dependencies.map((name) => `  ${name}\n`).join("");
  const sections =
    sources.length > 0 ? sources : ["GEM\n  remote: https://gems.invalid/\n  specs:\n"];
  const rest = `PLATFORMS\n  ruby\n  x86_64-linux\n\nDEPENDENCIES\n${direct}\nBUNDLED WITH\n   2.5.22\n`;
  return [...sections, rest].join("\n");
}

async function appOf(parent: string, files: Record<string, string>): Promise<App> {
  return await makeApp(parent, "rack", files);
}

async function runRuby(app: App, script: string): Promise<string> {
  const run = 'bundle exec ruby -e "Bundler.require" -e "$0"';
  return (await runCommandIn({ app, world }, "sh", "-c", run, script)).log;
}

async function inGems(app: App, pattern: string): Promise<string[]> {
  const [layer = ""] = await glob("**/gems/specifications", {
    cwd: app.state,
    absolute: true,
    onlyDirectories: true,
    followSymbolicLinks: false,
  });
  return await glob(pattern, { cwd: dirname(layer), dot: true, onlyFiles: false });
}

async function filesWith(text: string, directory: string): Promise<string[]> {
  const args = ["-rlaF", "--", text, directory];
  const found = await promisify(execFile)("grep", args).catch((error: { code?: number }) => {
    if (error.code === 1) return { stdout: "" };
    throw error;
  });
  return found.stdout.split("\n").filter((line) => line !== "");
}

function under(directory: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [join(directory, path), text]),
  );
}

async function writeTree(
  root: string,
  files: Readonly<Record<string, string | Buffer | undefined>>,
): Promise<void> {
  for (const [path, content = ""] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}
