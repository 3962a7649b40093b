import { createHash } from "node:crypto";
import { BuildpackError } from "../../failure.ts";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import glob from "fast-glob";
import { jobsOfBootsnap } from "./bootsnap-jobs.ts";
import { type CompiledGems, keepCompiledGems } from "./bootsnap-layer.ts";
import type { Section } from "../../output/printer.ts";
import {
  bootsnapCache,
  canPrecompile,
  patternOfApp,
  patternOfUnused,
  sourcesOfCode,
} from "../../ruby/bootsnap.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { isFile, readTextIfAny, removeTree } from "../../system/files.ts";
import { isWithin } from "../../system/is-within.ts";
import { linkFiles, setImageTimes } from "../../system/tree.ts";
import type { BuildContext } from "../build-context.ts";
import { buildEnvironment } from "../environment/environment.ts";
import type { Installed } from "../installed.ts";
import { machineKeys } from "../machine-keys.ts";
import { pathSourceDirs, type Project } from "../project/project.ts";

/**
 * Compiles the code of Ruby and the gems with bootsnap, if the app uses it, so that containers need not do it when they
 * start. bootsnap recognizes files by their times, so all files first get the time that they will have in an image.
 * If it fails, prints a warning and the build continues.
 *
 *     <layers>/bootsnap/bootsnap/…    the compiled code
 *
 * @returns what `precompileApp` needs; `undefined` if the app's code is not to be compiled.
 */
export async function precompileGems(
  context: BuildContext,
  project: Project,
  installed: Installed,
): Promise<Precompiled | undefined> {
  const bootsnap = findGem(project.locked, "bootsnap");
  if (!bootsnap) return undefined;
  return await context.printer.section("bootsnap", async (section) => {
    const because = await reasonNotTo(context, installed, bootsnap.version);
    if (because !== undefined) {
      section.say(`Not compiled, because ${because}`);
      return undefined;
    }
    const jobs = await jobsOfBootsnap(context, { project, installed });
    const work = { context, project, installed, section, jobs };
    const gems = await keepCompiledGems({
      layersDir: context.input.layersDir,
      metadata: await metadataOf(work),
      compile: (directory) => compileGems(work, directory),
      section,
    });
    context.signal.throwIfAborted();
    if ("problem" in gems) warnOfAbsence(gems.problem, section);
    return { gems, jobs };
  });
}

/** What the compilation of the gems leaves for that of the app. */
export interface Precompiled {
  gems: CompiledGems;
  /** See {@link jobsOfBootsnap}. */
  jobs: readonly string[];
}

/**
 * Compiles the code of the app, after the last step that changes its files or depends on their times. If it fails,
 * prints a warning and the build continues.
 *
 *     <app>/tmp/cache/bootsnap/…      the compiled code, and a link to each file of the layer `bootsnap`
 */
export async function precompileApp(
  context: BuildContext,
  project: Project,
  installed: Installed,
  precompiled: Precompiled | undefined,
): Promise<void> {
  if (precompiled === undefined) return;
  const { gems, jobs } = precompiled;
  const cache = join(project.dir, bootsnapCache);
  // An existing cache was made elsewhere, from files with other times.
  await removeTree(join(cache, "bootsnap"));
  if ("problem" in gems) return;
  await context.printer.section("bootsnap for the app", async (section) => {
    const problem = await compileApp({ context, project, installed, section, jobs }, cache);
    context.signal.throwIfAborted();
    // Replaces what the command itself has compiled, from files that did not have this time yet.
    if (problem === undefined) await linkFiles(gems.directory, gems.files, cache);
    else {
      await removeTree(join(cache, "bootsnap"));
      warnOfAbsence(problem, section);
    }
  });
}

async function reasonNotTo(
  { settings }: BuildContext,
  { places, ruby }: Installed,
  bootsnapVersion: string,
): Promise<string | undefined> {
  if (!settings.BP_RAILS_BOOTSNAP) return "`BP_RAILS_BOOTSNAP` is `false`";
  if (ruby.engine === "jruby") return "bootsnap does not compile code for JRuby";
  if (!canPrecompile(bootsnapVersion)) return `bootsnap \`${bootsnapVersion}\` is older than 1.6.0`;
  if (await isFile(join(places.gems, "bin/bootsnap"))) return undefined;
  return "bootsnap is in a group of gems that is not installed";
}

interface Work {
  context: BuildContext;
  project: Project;
  installed: Installed;
  section: Section;
  /** See {@link jobsOfBootsnap}. */
  jobs: readonly string[];
}

async function metadataOf({ context, project, installed }: Work) {
  const { label: rubyVersion, checksum: rubyChecksum } = installed.ruby;
  const groups = Object.entries(installed.bundleGroups).map(([name, value]) => `${name}=${value}`);
  const config = await readTextIfAny(join(project.dir, "config/bootsnap.rb"));
  return {
    ...machineKeys(context),
    ...{ rubyVersion, rubyChecksum, ...installed.bundleDigests },
    groups: groups.sort().join(" "),
    config: createHash("sha256")
      .update(config ?? "")
      .digest("hex")
      .slice(0, 8),
  };
}

/** Resolves to the problem if it failed. */
async function compileGems(work: Work, directory: string): Promise<string | undefined> {
  const { context, project, installed } = work;
  const { gems, bundler, ruby } = installed.places;
  const trees = [gems, bundler, ruby].filter((path) => path !== undefined);
  const ofApp = patternOfApp(project.dir, context.input.layersDir);
  const exclude = `${ofApp}|${patternOfUnused(installed.places)}`;
  const args = ["--gemfile", "--exclude", exclude, ...(await codeLikeTests(gems))];
  return await runBootsnap(work, { trees, directory, args, shown: "--gemfile" });
}

/** Directories that bootsnap skips as tests of a gem although apps load them, as in rack-test. */
async function codeLikeTests(gems: string): Promise<string[]> {
  const pattern = "{gems,bundler/gems}/*/lib/**/{features,spec,test}";
  const found = await glob(pattern, { cwd: gems, absolute: true, onlyDirectories: true });
  return found.sort();
}

/** Resolves to the problem if it failed. */
async function compileApp(work: Work, directory: string): Promise<string | undefined> {
  const { dir } = work.project;
  const entries = await readdir(dir, { withFileTypes: true });
  const own = sourcesOfCode(
    entries.map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() })),
  );
  const gems = pathSourceDirs(work.project, work.context.input.appDir);
  // A gem whose directory contains the project, such as that of an engine's dummy app, would be the whole app.
  const besides = gems.filter((gem) => !isWithin(gem, dir));
  const outside = besides.filter((gem) => !isWithin(dir, gem));
  const sources = [...new Set([...own, ...besides.map((gem) => relative(dir, gem))])];
  const trees = [dir, ...outside];
  return await runBootsnap(work, { trees, directory, args: sources, shown: sources.join(" ") });
}

/** Gives files the time that they have in an image. Resolves to the problem if it may not. */
async function age(trees: readonly string[]): Promise<string | undefined> {
  try {
    for (const tree of trees) await setImageTimes(tree);
    return undefined;
  } catch (error) {
    const known = error instanceof BuildpackError && "problem" in error.failure;
    const problem = known ? error.failure.problem : (error as Error).message.trim();
    return `Could not set the times of files (${problem})`;
  }
}

interface Compilation {
  /** What contains the code. */
  trees: readonly string[];
  /** Where the compiled code goes. */
  directory: string;
  args: readonly string[];
  /** The arguments that the log shows. */
  shown: string;
}

/** Resolves to the problem if it failed. */
async function runBootsnap(
  work: Work,
  { trees, directory, args, shown }: Compilation,
): Promise<string | undefined> {
  const { context, project, installed, section, jobs } = work;
  const problem = await age(trees);
  if (problem !== undefined) return problem;
  const command = `bundle exec bootsnap precompile ${shown}`;
  const { exitCode } = await section.timed(`Running \`${command}\``, () =>
    context.run({
      file: "bundle",
      args: ["exec", "bootsnap", "precompile", ...jobs, ...args],
      cwd: project.dir,
      env: buildEnvironment(context).bootsnap({ project, installed }, directory),
      onLine: (line) => section.output(line),
    }),
  );
  return exitCode === 0 ? undefined : `\`${command}\` ended with exit code ${exitCode}`;
}

function warnOfAbsence(problem: string, section: Section): void {
  section.warn(
    `${problem}.`,
    "The build continues. The app will compile its code whenever a container starts.",
    "Set BP_RAILS_BOOTSNAP=false to build without this step and without this warning.",
  );
}
