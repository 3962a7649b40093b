// The layer `gems`: the app's gems, installed by Bundler from the lockfile.
//
// Build, launch and cache. Emptied when the distribution, the architecture, the Ruby version or the
// archive that Ruby came from changes: extensions are compiled for all of these. Also emptied when an
// earlier build did not complete it, as every layer is (see `readLayerState`), when a gem of the cache is
// missing or empty (`missingFromGems`), and when the user asks for files that an earlier build removed.
// Otherwise the gems are kept, and `bundle install` runs on them only when something that it depends on has
// changed. Never contains downloaded `.gem` files, build logs, makefiles, object files or library sources of
// extensions, git histories or credentials; and, unless the user keeps them, none of the files that
// `removeUnneededFiles` names.

import * as z from "zod";
import { describeChange } from "../../cnb/layers/layer-state.ts";
import { openLayer } from "../../cnb/layers/layer.ts";
import { type BuildImage, BuildpackError } from "../../failure.ts";
import { bundlerError } from "../../ruby/bundler-error.ts";
import { packagesToCompile } from "../../ruby/missing-packages.ts";
import { formatBytes } from "../../output/build-summary.ts";
import type { Section } from "../../output/printer.ts";
import type { CommandResult, RunCommand } from "../../system/command.ts";
import type { EnvironmentRecord } from "./environment-record.ts";
import { keepGemList, missingFromGems } from "./gem-list-layer.ts";
import { removeLeftovers, removeUnneededFiles } from "./remove-gem-files.ts";
import type { GemStore } from "./store/gem-store.ts";

/** What compiled extensions depend on. A change empties the layer. */
const keys = {
  distro: z.string(),
  arch: z.string(),
  rubyVersion: z.string(),
  rubyChecksum: z.string(),
};

/** What else `bundle install` depends on. A change runs it again on the gems that are installed. */
const inputs = {
  gemfile: z.string(),
  lockfile: z.string(),
  files: z.string(),
  bundlerVersion: z.string(),
  /** Layers of versions that removed no files do not have it. */
  gemFiles: z.enum(["all", "needed"]).default("all"),
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
  /** The version of the Ruby engine: `3.3.8`. */
  engineVersion: string;
  /** How many gems the lockfile has. Groups that are left out are among them. */
  lockedGems: number;
  /** The environment of the last `bundle install`. */
  environment: Pick<EnvironmentRecord, "change" | "commit">;
  /** Whether to run `bundle install` even if nothing has changed. */
  always: boolean;
  /** The image that this build runs in. */
  image: BuildImage;
  /** The whole environment of Bundler, which points it to this layer. */
  env: Readonly<Record<string, string>>;
  run: RunCommand;
  section: Section;
  /** Installed gems that builds share. */
  store?: GemStore | undefined;
  /** Runs `bundle install` with variables by which Bundler finds gems that were downloaded before (`withDownloadedGems`). */
  withDownloads?: WithDownloads;
}

type WithDownloads = <T>(
  install: (variables: Readonly<Record<string, string>>) => Promise<T>,
) => Promise<T>;

/**
 * Installs the gems of the lockfile, or keeps those of the last build.
 *
 * @throws BuildpackError `gems/lockfile-out-of-step`, `gems/install-failed`, `gems/clean-failed`.
 */
export async function installGemsLayer(options: GemsOptions): Promise<void> {
  const { layersDir, metadata, section } = options;
  const layer = await openLayer({
    layersDir,
    name: "gems",
    types: { build: true, launch: true, cache: true },
    schema: metadataSchema,
    keys: keysOf(metadata),
    labels: labelsOf(options),
    check: async (path) => await missingFromGems(layersDir, path),
  });
  const reasons =
    layer.state.state === "empty"
      ? layer.state.because
      : reasonsToInstall(layer.state.metadata, options);
  section.layer("gems", reasons);
  if (reasons.length === 0) {
    section.say("Using the gems of the last build: nothing has changed");
  } else {
    const verb = layer.state.state === "empty" ? "Installing" : "Updating";
    section.say(`${verb}, because ${reasons.join("; ")}`);
    await bundle(options, layer.path);
  }
  await keepGemList(layersDir, layer.path);
  await layer.commit({ metadata });
  await options.environment.commit();
}

const labelsOf = ({ gemfile, lockfile }: Pick<GemsOptions, "gemfile" | "lockfile">) =>
  ({
    distro: "the distribution",
    arch: "the CPU architecture",
    rubyVersion: "the Ruby version",
    rubyChecksum: "the Ruby archive",
    gemfile: `\`${gemfile}\``,
    lockfile: `\`${lockfile}\``,
    files: "a file that the Gemfile reads",
    bundlerVersion: "the Bundler version",
    gemFiles: "the choice of files that are kept in gems",
  }) satisfies Record<keyof GemsMetadata, string>;

function keysOf(metadata: GemsMetadata): Partial<GemsMetadata> {
  // Files that were removed only come back if the gems are installed again.
  const { gemFiles } = metadata;
  return { ...z.object(keys).parse(metadata), ...(gemFiles === "all" && { gemFiles }) };
}

function reasonsToInstall(recorded: GemsMetadata, options: GemsOptions): string[] {
  const labels = labelsOf(options);
  const names = z.object(inputs).keyof().options;
  const changed = names
    .filter((name) => recorded[name] !== options.metadata[name])
    .map((name) => describeChange(labels[name], recorded[name], options.metadata[name]));
  if (options.environment.change !== undefined) changed.push(options.environment.change);
  if (changed.length === 0 && options.always) return ["`HEROKU_SKIP_BUNDLE_DIGEST` is set"];
  return changed;
}

async function bundle(options: GemsOptions, gemsDir: string): Promise<void> {
  const { section, env } = options;
  if (env["MAKEFLAGS"]) section.detail(`Extensions compile with \`MAKEFLAGS=${env["MAKEFLAGS"]}\``);
  await options.store?.place(gemsDir);
  const install = await runInstall(options);
  if (install.exitCode !== 0) {
    // Above are the codes of signals: whoever stops a build wants it to end.
    if (install.exitCode < 128) await storeInstalled(options, gemsDir);
    throw installFailure(install, options);
  }
  const clean = await runBundler(options, ["clean", "--force"]);
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
  section.say("Removed downloaded `.gem` files, files left by compilers, and git histories");
  if (options.metadata.gemFiles === "needed") await removeUnneeded(options, gemsDir);
  await options.store?.add(gemsDir);
}

/** Runs `bundle install` with the gems that could be downloaded before, and again without them if Bundler cannot use them. */
async function runInstall(options: GemsOptions): Promise<CommandResult> {
  const { section, withDownloads = (install) => install({}) } = options;
  return await withDownloads(async (variables) => {
    const result = await runBundler(options, ["install"], variables);
    const isRefused = codesOfRefusedGems.has(result.exitCode);
    if (!isRefused || Object.keys(variables).length === 0) return result;
    section.detail("Bundler cannot use what was downloaded, so it asks the gem servers");
    return await runBundler(options, ["install"]);
  });
}

// Bundler::GemNotFound, SolveFailure, GitError, a gemspec that cannot be read, one that differs from the lockfile
// (IncorrectLockfileDependencies), and errors that are not Bundler's own.
const codesOfRefusedGems = new Set([7, 6, 11, 14, 41, 1]);

/** Stores the gems that were installed before one failed, so that the next attempt does not compile them again. */
async function storeInstalled(options: GemsOptions, gemsDir: string): Promise<void> {
  if (!options.store) return;
  await removeLeftovers(gemsDir);
  if (options.metadata.gemFiles === "needed") {
    await removeUnneededFiles(gemsDir, options.engineVersion);
  }
  await options.store.add(gemsDir);
}

async function removeUnneeded(
  { engineVersion, section }: GemsOptions,
  gemsDir: string,
): Promise<void> {
  const { files, bytes } = await removeUnneededFiles(gemsDir, engineVersion);
  if (files === 0) return;
  section.say(
    `Removed ${formatBytes(bytes)} that no app needs: extensions for other versions of Ruby, source code of extensions, tests and documentation (\`BP_KEEP_GEM_FILES=true\` keeps them)`,
  );
}

function installFailure(
  { exitCode, lines }: { exitCode: number; lines: readonly string[] },
  { gemfile, lockfile, image }: Pick<GemsOptions, "gemfile" | "lockfile" | "image">,
): BuildpackError {
  const output = lines.filter((line) => line.trim() !== "").slice(-shownLines);
  const error = bundlerError(lines);
  if (outOfStep.test(error.join(" "))) {
    return new BuildpackError({ code: "gems/lockfile-out-of-step", gemfile, lockfile, output });
  }
  const facts = { command: "bundle install", exitCode, output, error };
  const packages = packagesToCompile(error);
  return new BuildpackError({ code: "gems/install-failed", ...facts, packages, image });
}

const shownLines = 12;

// What Bundler 1 to 4 print when the lockfile would have to change.
const outOfStep =
  /frozen mode is set|after changing\s+your Gemfile|changed lockfile while frozen|You are trying to install in deployment mode/;

async function runBundler(
  options: GemsOptions,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
) {
  const { appDir, lockedGems, run, section } = options;
  const env = { ...options.env, ...variables };
  const command = `bundle ${args.join(" ")}`;
  return await section.timed(`Running \`${command}\``, (progress) => {
    let done = 0;
    const onLine = (line: string) => {
      section.output(line);
      if (!/^(Installing|Using) /.test(line)) return;
      done += 1;
      progress(`${done} of at most ${lockedGems} gems`);
    };
    return run({ file: "bundle", args, cwd: appDir, env, onLine });
  });
}
