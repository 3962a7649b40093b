import { appendFile, chmod } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, build, makeApp, runCommandIn } from "../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../support/servers/mirror-server.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { ensureWorld, temporaryDirectory, type World } from "../support/world.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const layers = "/layers/lapidary_ruby";

/** What an app may choose otherwise when it runs. */
const defaults = {
  BUNDLE_WITHOUT: "development:test",
  DISABLE_SPRING: "1",
  JRUBY_OPTS: "-Xcompile.invokedynamic=false",
  LANG: "C.UTF-8",
  MALLOC_ARENA_MAX: "2",
  PUMA_PERSISTENT_TIMEOUT: "95",
  RACK_ENV: "production",
  RAILS_ENV: "production",
  RAILS_LOG_TO_STDOUT: "enabled",
  RAILS_SERVE_STATIC_FILES: "enabled",
};
const set = {
  BUNDLE_APP_CONFIG: `${layers}/gems/.bundle`,
  BUNDLE_FROZEN: "1",
  BUNDLE_GEMFILE: "/workspace/Gemfile",
  GEM_HOME: `${layers}/gems`,
  GEM_PATH: `${layers}/gems`,
};
const searchPath = `/workspace/bin:${layers}/gems/bin:${layers}/ruby/bin:`;

/** What the platform sets, and the shell. */
const notOurs = /^(CNB_.*|HOME|HOSTNAME|LD_LIBRARY_PATH|OLDPWD|PATH|PWD|SHLVL|_)$/;

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let world: World;
let server: MirrorServer;
let app: App;

// Each test goes on from the build of the one before.
beforeAll(async () => {
  world = await ensureWorld();
  place = await temporaryDirectory();
  server = await serveMirror(world.mirror);
  app = await makeApp(place.path, "rack");
  const shown = [...Object.keys(harmful), "BUNDLE_GEMFILE", "BUNDLE_WITHOUT", "LANG", "RACK_ENV"];
  const line = `warn "SEEN " + %w[${shown.join(" ")}].map { |n| "#{n}=#{ENV[n]}" }.join(" ")\n`;
  await appendFile(join(app.dir, "Gemfile"), line);
});

afterAll(async () => {
  await server?.close();
  await place?.[Symbol.asyncDispose]();
});

describe("Application Contract: Environment variable defaults, and those modified", () => {
  test("are exactly these at build, for the buildpacks after this one", async () => {
    const { log, later } = await rebuild();
    expect(later).toMatchObject({ ...defaults, ...set });
    expect(later["PATH"]?.startsWith(searchPath)).toBe(true);
    expect(later).not.toHaveProperty("SECRET_KEY_BASE");
    const seen = "BUNDLE_GEMFILE=/workspace/Gemfile BUNDLE_WITHOUT=development:test LANG=C.UTF-8";
    expect(log).toContain(seen);
  });

  test("are exactly these when the app runs", async () => {
    const { PATH = "", ...env } = await launched();
    const ours = Object.entries(env).filter(([name]) => !notOurs.test(name));
    const key = expect.stringMatching(/^[0-9a-f]{128}$/);
    expect(Object.fromEntries(ours)).toEqual({ ...defaults, ...set, SECRET_KEY_BASE: key });
    expect(PATH.startsWith(searchPath)).toBe(true);
  });

  test("let RubyGems read the system's settings, not those of the place where Ruby was compiled", async () => {
    const script = `print Gem::ConfigFile::SYSTEM_WIDE_CONFIG_FILE`;
    const { log } = await runCommandIn({ app, world }, "ruby", "-e", script);
    expect(log).toContain("/etc/gemrc");
    expect(log).not.toMatch(/\S\/etc\/gemrc/);
  });

  test("reach what they are for: Ruby's encoding, Puma's timeout, Bundler's groups", async () => {
    const script = `
      require "puma"
      require "puma/configuration"
      puma = Puma::Configuration.new.tap(&:clamp)
      puts Encoding.default_external, Bundler.settings[:without].inspect, puma.options[:persistent_timeout]`;
    const { log } = await runCommandIn({ app, world }, "bundle", "exec", "ruby", "-e", script);
    expect(log).toContain("UTF-8\n[:development, :test]\n95\n");
  });

  test("are replaced at run time where they are defaults, each by another value", async () => {
    const names = [...Object.keys(defaults), "SECRET_KEY_BASE"];
    const others = Object.fromEntries(names.map((name) => [name, `other-${name}`]));
    const env = await launched({ ...others, BUNDLE_FROZEN: "0", GEM_PATH: "/elsewhere" });
    expect(env).toMatchObject({ ...others, ...set });
  });

  test("are replaced at build where they are defaults, and launch leaves out the groups that `bundle install` left out", async () => {
    const { log, later } = await rebuild({ RACK_ENV: "staging", BUNDLE_WITHOUT: "ci metrics" });
    expect(log).toContain("BUNDLE_WITHOUT=ci:metrics LANG=C.UTF-8 RACK_ENV=staging");
    expect(later).toMatchObject({ RACK_ENV: "staging", RAILS_ENV: "production" });
    const groups = { RACK_ENV: "production", BUNDLE_WITHOUT: "ci:metrics" };
    expect(await launched()).toMatchObject(groups);
  });
});

const harmful = {
  BUNDLER_VERSION: "1.0.0",
  BUNDLE_DEPLOYMENT: "1",
  BUNDLE_PATH: "/elsewhere",
  GEM_HOME: "/elsewhere",
  GEM_PATH: "/elsewhere",
  GIT_DIR: "/elsewhere",
  GIT_WORK_TREE: "/elsewhere",
  RUBYGEMS_GEMDEPS: "-",
  RUBYLIB: "/elsewhere",
  RUBYOPT: "-relsewhere",
};

describe("variables that would put another Ruby or other gems in the app's place", () => {
  test("reach no command of the build, which warns of each by name", async () => {
    const { log } = await rebuild(harmful);
    const names = Object.keys(harmful).sort().join(", ");
    expect(log).toContain(
      `! Ignored ${names}, which could make the build use another Ruby or other gems.`,
    );
    expect(log).toContain("SEEN BUNDLER_VERSION= BUNDLE_DEPLOYMENT= BUNDLE_PATH= GEM_HOME=/layers");
    expect(log).toMatch(/GIT_DIR= GIT_WORK_TREE= RUBYGEMS_GEMDEPS= RUBYLIB=(\/layers\S*)? RUBYOPT/);
    expect(log).not.toMatch(/^\s*SEEN .*(elsewhere|BUNDLER_VERSION=1)/m);
    expect(await launched()).toMatchObject(set);
  });
});

/** Builds with a buildpack behind ours that prints the environment it gets. */
async function rebuild(env: Record<string, string> = {}) {
  const behind = await makeBuildpack({ build: "env | sed 's/^/LATER /'" });
  await chmod(behind, 0o755);
  const args = ["--buildpack", checkout, "--buildpack", behind];
  const all = { BP_INVENTORY: server.inventory, BP_JEMALLOC: "false", ...env };
  const { exitCode, log } = await build({ app, world, env: all, args });
  expect({ exitCode, log }).toMatchObject({ exitCode: 0 });
  return { log, later: variablesIn(log, /^LATER (\w+)=(.*)$/gm) };
}

/** The environment of a command in the built app. */
async function launched(env: Record<string, string> = {}): Promise<Record<string, string>> {
  const { log } = await runCommandIn({ app, world, env }, "env");
  return variablesIn(log, /^(\w+)=(.*)$/gm);
}

function variablesIn(log: string, line: RegExp): Record<string, string> {
  return Object.fromEntries(
    [...log.matchAll(line)].map(([, name = "", value = ""]) => [name, value]),
  );
}
