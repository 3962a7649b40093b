// The layer `gems`: the app's gems, installed by Bundler from the lockfile.
//
// Build, launch and cache. Emptied when the distribution, the architecture, the Ruby version or the
// archive that Ruby came from changes: extensions are compiled against all of these. What is left is
// kept, and `bundle install` runs on it only when something that it depends on has changed.
// Never holds: downloaded `.gem` files, build logs, makefiles of extensions, object files, sources of
// libraries that gems compile, histories of git, credentials.

import { dirname, join } from "node:path";
import glob from "fast-glob";
import * as z from "zod";
import { openLayer } from "../../cnb/layer.ts";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import type { RunCommand } from "../../system/command.ts";
import { removeTree } from "../../system/files.ts";

/** What compiled extensions depend on; a change empties the layer. */
const keys = {
  distro: z.string(),
  arch: z.string(),
  rubyVersion: z.string(),
  rubyChecksum: z.string(),
};

/** What `bundle install` depends on; a change runs it again. */
const inputs = {
  gemfile: z.string(),
  lockfile: z.string(),
  files: z.string(),
  environment: z.string(),
  bundlerVersion: z.string(),
};

const metadataSchema = z.object({ ...keys, ...inputs });
export type GemsMetadata = z.output<typeof metadataSchema>;

export interface GemsOptions {
  layersDir: string;
  appDir: string;
  /** Both relative to the app. */
  gemfile: string;
  lockfile: string;
  metadata: GemsMetadata;
  /** Run `bundle install` even where nothing has changed. */
  always: boolean;
  /** The whole environment of Bundler but for where the gems go. */
  env: Readonly<Record<string, string>>;
  /** Variables that point Bundler to this layer. */
  locate: (gemsDir: string) => Record<string, string>;
  run: RunCommand;
  section: Section;
}

/**
 * Installs the gems of the lockfile, or keeps those of the last build.
 *
 * @returns the layer's directory.
 * @throws BuildpackError `gems/lockfile-out-of-step`, `gems/install-failed`, `gems/clean-failed`.
 */
export async function installGems(options: GemsOptions): Promise<string> {
  const { layersDir, metadata, section } = options;
  const layer = await openLayer({
    layersDir,
    name: "gems",
    types: { build: true, launch: true, cache: true },
    schema: metadataSchema,
    keys: pickKeys(metadata),
    labels: labelsOf(options),
  });
  const reasons =
    layer.state.state === "empty"
      ? layer.state.because
      : reasonsToInstall(layer.state.metadata, options);
  if (reasons.length === 0) {
    section.say("Kept: nothing that `bundle install` depends on has changed");
  } else {
    const verb = layer.state.state === "empty" ? "Installing" : "Updating";
    section.say(`${verb}, because ${reasons.join("; ")}`);
    await bundle(options, layer.path);
  }
  await layer.commit({ metadata });
  return layer.path;
}

const labelsOf = ({ gemfile, lockfile }: Pick<GemsOptions, "gemfile" | "lockfile">) =>
  ({
    distro: "Distribution",
    arch: "CPU architecture",
    rubyVersion: "Ruby version",
    rubyChecksum: "Ruby archive",
    gemfile: `\`${gemfile}\``,
    lockfile: `\`${lockfile}\``,
    files: "files that the Gemfile reads",
    environment: "the build's environment variables",
    bundlerVersion: "Bundler version",
  }) satisfies Record<keyof GemsMetadata, string>;

function pickKeys(metadata: GemsMetadata): Pick<GemsMetadata, keyof typeof keys> {
  return z.object(keys).parse(metadata);
}

function reasonsToInstall(recorded: GemsMetadata, options: GemsOptions): string[] {
  const labels = labelsOf(options);
  const names = z.object(inputs).keyof().options;
  const changed = names
    .filter((name) => recorded[name] !== options.metadata[name])
    .map(
      (name) => `${labels[name]} (${shown(recorded[name])} to ${shown(options.metadata[name])})`,
    );
  if (changed.length === 0 && options.always) return ["`HEROKU_SKIP_BUNDLE_DIGEST` asks for it"];
  return changed;
}

/** Digests are cut to what people compare at a glance. */
function shown(value: string): string {
  return `\`${/^[0-9a-f]{32}$/.test(value) ? value.slice(0, 8) : value}\``;
}

async function bundle(options: GemsOptions, gemsDir: string): Promise<void> {
  const { section, gemfile, lockfile, env } = options;
  if (env["MAKEFLAGS"]) section.detail(`Extensions compile with \`MAKEFLAGS=${env["MAKEFLAGS"]}\``);
  const install = await runBundler(options, gemsDir, ["install"]);
  if (install.exitCode !== 0) {
    const output = install.lines.filter((line) => line.trim() !== "").slice(-shownLines);
    if (outOfStep.test(install.lines.join(" "))) {
      throw new BuildpackError({ code: "gems/lockfile-out-of-step", gemfile, lockfile, output });
    }
    const { exitCode } = install;
    throw new BuildpackError({
      code: "gems/install-failed",
      command: "bundle install",
      exitCode,
      output,
    });
  }
  const clean = await runBundler(options, gemsDir, ["clean", "--force"]);
  if (clean.exitCode !== 0) {
    const { exitCode, lines } = clean;
    throw new BuildpackError({
      code: "gems/clean-failed",
      command: "bundle clean --force",
      exitCode,
      output: lines.slice(-shownLines),
    });
  }
  await removeLeftovers(gemsDir);
  section.say("Removed downloaded archives, what compilers left behind, and histories of git");
}

const shownLines = 12;

// What Bundler 1 to 4 say when the lockfile would have to change.
const outOfStep =
  /frozen mode is set|after changing\s+your Gemfile|changed lockfile while frozen|You are trying to install in deployment mode/;

async function runBundler(options: GemsOptions, gemsDir: string, args: readonly string[]) {
  const { appDir, env, locate, run, section } = options;
  const command = `bundle ${args.join(" ")}`;
  return await section.timed(`Running \`${command}\``, () =>
    run({
      file: "bundle",
      args,
      cwd: appDir,
      env: { ...env, ...locate(gemsDir) },
      onLine: (line) => section.output(line),
    }),
  );
}

async function removeLeftovers(gemsDir: string): Promise<void> {
  await removeTree(join(gemsDir, "cache"));
  const inGems = { cwd: gemsDir, dot: true, absolute: true, followSymbolicLinks: false } as const;
  const leftovers = await glob(
    [
      "extensions/**/{gem_make.out,mkmf.log}",
      "{gems,bundler/gems}/*/ext/**/{*.o,gem_make.out,mkmf.log}",
      // Where mini_portile unpacks and compiles the libraries that a gem brings: they are installed elsewhere.
      "{gems,bundler/gems}/*/ext/**/tmp/*/ports",
      // The history of gems from git, which Bundler goes by only while it installs them.
      "bundler/gems/*/.git",
    ],
    { ...inGems, onlyFiles: false },
  );
  // What mkmf writes beside its script names directories of the build, some of them made up at random.
  const scripts = await glob("{gems,bundler/gems}/*/ext/**/extconf.rb", inGems);
  const makefiles = scripts.map((path) => join(dirname(path), "Makefile"));
  await Promise.all([...leftovers, ...makefiles].map(removeTree));
}
