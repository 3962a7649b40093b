import { createHash } from "node:crypto";
import { join } from "node:path";
import glob from "fast-glob";
import { type CompiledApp, compileAppEarly, compileAppNow, readCode } from "./app-code.ts";
import {
  age,
  runBootsnap,
  warnOfAbsence,
  type Work,
  type WorkInSection,
} from "./bootsnap-command.ts";
import { jobsOfBootsnap } from "./bootsnap-jobs.ts";
import { findChange } from "./code-state.ts";
import { type CompiledGems, keepCompiledGems } from "./bootsnap-layer.ts";
import {
  bootsnapCache,
  canPrecompile,
  patternOfApp,
  patternOfUnused,
} from "../../ruby/bootsnap.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { isDirectory, isFile, readTextIfAny, removeTree } from "../../system/files.ts";
import { copyTree, linkFiles } from "../../system/tree.ts";
import type { BuildContext } from "../build-context.ts";
import type { Installed } from "../installed.ts";
import { machineKeys } from "../machine-keys.ts";
import type { Project } from "../project/project.ts";

/**
 * Compiles the code of Ruby and the gems with bootsnap, if the app uses it, so that containers need not do it when they
 * start. bootsnap recognizes files by their times, so all files first get the time that they will have in an image.
 * If it fails, prints a warning and the build continues.
 *
 *     <layers>/bootsnap/bootsnap/…    the compiled code
 *
 * Then compiles the code of the app, too, if rake may run meanwhile.
 *
 * @param scratch an empty directory that exists until the build ends.
 * @returns what `precompileApp` needs; `undefined` if the app's code is not to be compiled.
 */
export async function precompileBesideRake(
  context: BuildContext,
  project: Project,
  installed: Installed,
  scratch: string,
): Promise<Precompiled | undefined> {
  const bootsnap = findGem(project.locked, "bootsnap");
  if (!bootsnap) return undefined;
  const precompiled = await context.printer.section("bootsnap", async (section) => {
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
  if (precompiled === undefined || "problem" in precompiled.gems) return precompiled;
  const work = { context, project, installed, jobs: precompiled.jobs };
  return { ...precompiled, app: await compileAppEarly(work, scratch) };
}

/** What is compiled before the app's files have settled. */
export interface Precompiled {
  gems: CompiledGems;
  /** See {@link jobsOfBootsnap}. */
  jobs: readonly string[];
  app?: CompiledApp | undefined;
}

/**
 * Compiles the code of the app, after the last step that changes its files or depends on their times, unless it is
 * compiled already and still the same. If it fails, prints a warning and the build continues.
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
  const { gems, jobs, app } = precompiled;
  const cache = join(project.dir, bootsnapCache);
  // An existing cache was made elsewhere, from files with other times.
  await removeTree(join(cache, "bootsnap"));
  if ("problem" in gems) return;
  const work = { context, project, installed, jobs };
  const changed = app && findChange(app.code, await readCode(work));
  if (app === undefined || changed !== undefined) {
    if (!(await compileAppNow(work, cache, changed))) return;
  } else if (await isDirectory(join(app.directory, "bootsnap"))) {
    await copyTree(join(app.directory, "bootsnap"), join(cache, "bootsnap"));
  }
  // Replaces what the command itself has compiled, from files that did not have this time yet.
  await linkFiles(gems.directory, gems.files, cache);
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
async function compileGems(work: WorkInSection, directory: string): Promise<string | undefined> {
  const { context, project, installed } = work;
  const { gems, bundler, ruby } = installed.places;
  const trees = [gems, bundler, ruby].filter((path) => path !== undefined);
  const ofApp = patternOfApp(project.dir, context.input.layersDir);
  const exclude = `${ofApp}|${patternOfUnused(installed.places)}`;
  const args = ["--gemfile", "--exclude", exclude, ...(await codeLikeTests(gems))];
  return (await age(trees)) ?? (await runBootsnap(work, directory, args, "--gemfile"));
}

/** Directories that bootsnap skips as tests of a gem although apps load them, as in rack-test. */
async function codeLikeTests(gems: string): Promise<string[]> {
  const pattern = "{gems,bundler/gems}/*/lib/**/{features,spec,test}";
  const found = await glob(pattern, { cwd: gems, absolute: true, onlyDirectories: true });
  return found.sort();
}
