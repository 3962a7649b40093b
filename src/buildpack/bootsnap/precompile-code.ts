import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { keepCompiledGems } from "./bootsnap-layer.ts";
import type { Section } from "../../output/printer.ts";
import { bootsnapCache, canPrecompile, patternOfApp, sourcesOfCode } from "../../ruby/bootsnap.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { isFile, readTextIfAny, removeTree } from "../../system/files.ts";
import { linkInto, setImageTimes } from "../../system/tree.ts";
import { appEnvironment } from "../environment/app-environment.ts";
import type { BuildContext } from "../build-context.ts";
import type { Installed } from "../install-ruby-and-gems.ts";
import { machineKeys } from "../machine-keys.ts";
import type { Project } from "../project/read-project.ts";

/**
 * Has bootsnap compile the code of gems and app, where the app uses it, so that no container does
 * it again when it starts. Sources get the time that files have in images, which compiled code is
 * known by: whatever goes by times of modification must be done before this. A failure is warned of.
 *
 *     <layers>/bootsnap/bootsnap/…    Ruby and the gems
 *     <app>/tmp/cache/bootsnap/…      the app, and a link to each file of that layer
 */
export async function precompileCode(
  context: BuildContext,
  project: Project,
  installed: Installed,
): Promise<void> {
  const bootsnap = findGem(project.locked, "bootsnap");
  if (!bootsnap) return;
  await context.printer.section("bootsnap", async (section) => {
    const because = await reasonNotTo(context, installed, bootsnap.version);
    if (because !== undefined) {
      section.say(`Code is not compiled ahead, because ${because}`);
      return;
    }
    const problem = await precompile({ context, project, installed, section });
    context.signal.throwIfAborted();
    if (problem === undefined) return;
    await removeTree(join(project.dir, bootsnapCache, "bootsnap"));
    warnOfAbsence(problem, section);
  });
}

async function reasonNotTo(
  { settings }: BuildContext,
  { places, rubyVersion }: Installed,
  bootsnapVersion: string,
): Promise<string | undefined> {
  if (!settings.BP_RAILS_BOOTSNAP) return "`BP_RAILS_BOOTSNAP` says so";
  if (rubyVersion.startsWith("jruby")) return "bootsnap compiles nothing for JRuby";
  if (!canPrecompile(bootsnapVersion)) return `bootsnap \`${bootsnapVersion}\` is older than 1.6.0`;
  if (await isFile(join(places.gems, "bin/bootsnap"))) return undefined;
  return "bootsnap is in a group of gems that is not installed";
}

interface Work {
  context: BuildContext;
  project: Project;
  installed: Installed;
  section: Section;
}

/** Resolves to what went wrong, if anything did. */
async function precompile(work: Work): Promise<string | undefined> {
  const { context, project, section } = work;
  const { layersDir } = context.input;
  const metadata = await metadataOf(work);
  const compile = (directory: string) => precompileGems(work, directory);
  const gems = await keepCompiledGems({ layersDir, metadata, compile, section });
  if ("problem" in gems) return gems.problem;
  const cache = join(project.dir, bootsnapCache);
  // What is there was made elsewhere, from files of other times.
  await removeTree(join(cache, "bootsnap"));
  const problem = await precompileApp(work, cache);
  if (problem !== undefined) return problem;
  // Over what the command itself loaded and compiled, from files that do not have their time yet.
  await linkInto(gems.directory, cache);
  return undefined;
}

async function metadataOf({ context, project, installed }: Work) {
  const { rubyVersion, rubyChecksum, gemfile, lockfile } = installed.gemsMetadata;
  const groups = Object.entries(installed.bundleGroups).map(([name, value]) => `${name}=${value}`);
  const config = await readTextIfAny(join(project.dir, "config/bootsnap.rb"));
  return {
    ...machineKeys(context),
    ...{ rubyVersion, rubyChecksum, gemfile, lockfile },
    groups: groups.sort().join(" "),
    config: createHash("sha256")
      .update(config ?? "")
      .digest("hex")
      .slice(0, 8),
  };
}

async function precompileGems(work: Work, directory: string): Promise<string | undefined> {
  const { context, project, installed } = work;
  const { gems, bundler, ruby } = installed.places;
  const trees = [gems, bundler, ruby].filter((path) => path !== undefined);
  const exclude = patternOfApp(project.dir, context.input.layersDir);
  const args = ["--gemfile", "--exclude", exclude, ...(await codeLikeTests(gems))];
  return (await age(trees)) ?? (await runBootsnap(work, directory, args, "--gemfile"));
}

/** What bootsnap passes over as a gem's own tests, though it is code that apps load: rack-test's. */
async function codeLikeTests(gems: string): Promise<string[]> {
  const pattern = "{gems,bundler/gems}/*/lib/**/{features,spec,test}";
  const found = await glob(pattern, { cwd: gems, absolute: true, onlyDirectories: true });
  return found.sort();
}

async function precompileApp(work: Work, directory: string): Promise<string | undefined> {
  const { dir, locked } = work.project;
  const entries = await readdir(dir, { withFileTypes: true });
  const own = sourcesOfCode(
    entries.map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() })),
  );
  const remotes = locked.sources.flatMap((source) =>
    source.kind === "path" ? [source.remote] : [],
  );
  const sources = [...new Set([...own, ...remotes.filter((remote) => remote !== ".")])];
  return (await age([dir])) ?? (await runBootsnap(work, directory, sources));
}

/** Files of another owner keep their time: then there is a problem, in words. */
async function age(trees: readonly string[]): Promise<string | undefined> {
  try {
    for (const tree of trees) await setImageTimes(tree);
    return undefined;
  } catch (error) {
    return `Files cannot be given the time that they have in an image (${(error as Error).message.trim()})`;
  }
}

async function runBootsnap(
  work: Work,
  directory: string,
  args: readonly string[],
  shown = args.join(" "),
): Promise<string | undefined> {
  const { context, project, installed, section } = work;
  const command = `bundle exec bootsnap precompile ${shown}`;
  const { exitCode } = await section.timed(`Running \`${command}\``, () =>
    context.run({
      file: "bundle",
      args: ["exec", "bootsnap", "precompile", ...args],
      cwd: project.dir,
      env: { ...appEnvironment(context, project, installed), BOOTSNAP_CACHE_DIR: directory },
      onLine: (line) => section.output(line),
    }),
  );
  return exitCode === 0 ? undefined : `\`${command}\` ended with exit code ${exitCode}`;
}

function warnOfAbsence(problem: string, section: Section): void {
  section.warn(
    `${problem}.`,
    "The build goes on: the app compiles its code when it starts, in every new container.",
    "BP_RAILS_BOOTSNAP=false builds without this step and without this warning.",
  );
}
