import { join } from "node:path";
import type { BuildContext } from "../build-context.ts";
import { BuildpackError } from "../../failure.ts";
import type { AssetsOptions } from "./assets-layer.ts";
import type { Section } from "../../output/printer.ts";
import { assetDirectories } from "../../ruby/asset-directories.ts";
import { isDirectory } from "../../system/files.ts";
import { snapshotTree } from "../../system/tree-changes.ts";
import { detectRakeTasks, reasonForNoTasks } from "./detect-rake-tasks.ts";
import { keepAssets, removeFragments } from "./keep-assets.ts";
import { reuseAssets } from "./reuse-assets.ts";
import { findAssetManifest } from "./find-asset-manifest.ts";
import { digestAssetInputs } from "./digest-asset-inputs.ts";
import { machineKeys } from "../machine-keys.ts";
import { type ListedTasks, withTaskList } from "./task-list.ts";
import { watchFilesRead } from "./watch-files-read.ts";
import { type Rake, type RakeApp, rakeFailure, withRake } from "./rake.ts";
import type { Project } from "../project/project.ts";

export { findAssetManifest } from "./find-asset-manifest.ts";

/**
 * Precompiles the app's assets if it has a task for that and does not bring precompiled assets
 * (contract: Rake execution).
 *
 * @returns the directories that browsers are served from, relative to the project.
 * @throws BuildpackError `rake/detection-failed` or `rake/precompile-failed`, after the app's own output.
 */
export async function precompileAssets(context: BuildContext, app: RakeApp): Promise<string[]> {
  const { project } = app;
  await context.printer.section("Assets", async (section) => {
    const because = await reasonNotToAsk(context, project);
    if (because !== undefined) section.say(`Not precompiled, because ${because}`);
    else {
      const layer = await layerOptions(context, app, section);
      if (!(await reuseAssets(layer))) await findAndRunTasks(context, app, layer);
    }
  });
  return await servedDirectories(project);
}

/**
 * The names of the app's rake tasks.
 *
 * @throws BuildpackError `rake/detection-failed`, after the app's own output.
 */
export async function listRakeTasks(
  context: BuildContext,
  app: RakeApp,
  section: Section,
): Promise<ReadonlySet<string>> {
  return await withRake(context, app, async (rake) => await detectRakeTasks(rake, section));
}

/**
 * Whether rake is going to look for assets to precompile, as far as this is known before gems are
 * installed: the app may turn out to have no task for it.
 */
export async function mayPrecompile(context: BuildContext, project: Project): Promise<boolean> {
  if ((await reasonNotToAsk(context, project)) !== undefined) return false;
  return (await findAssetManifest(project.dir)) === undefined;
}

/** Why the build does not ask the app's rake for tasks, or `undefined` if it does. */
export async function reasonNotToAsk(
  context: Pick<BuildContext, "settings">,
  project: Project,
): Promise<string | undefined> {
  return reasonToSkip(context) ?? (await reasonForNoTasks(project));
}

function reasonToSkip({ settings }: Pick<BuildContext, "settings">): string | undefined {
  if (settings.BP_RAILS_SKIP_ASSETS) return "`BP_RAILS_SKIP_ASSETS` is set";
  // Tests compile assets themselves.
  return settings.BP_EXEC_ENV === "test" ? "`BP_EXEC_ENV` is `test`" : undefined;
}

// Before any rake task runs: what rake changes is what the next build may reuse.
async function layerOptions(
  context: BuildContext,
  { project, installed, packages }: RakeApp,
  section: Section,
): Promise<AssetsOptions> {
  const { layersDir } = context.input;
  const { dir: appDir, locked } = project;
  const metadata = { ...machineKeys(context), rubyVersion: installed.ruby.label };
  const options = { layersDir, appDir, metadata, directories: assetDirectories(locked), section };
  if (!context.settings.BP_RAILS_ASSETS_REUSE) return options;
  const before = snapshotTree(appDir);
  const unreadable = [...before.keys()].find((path) => path.includes("\uFFFD"));
  if (unreadable !== undefined) {
    section.say(`Not reusing assets, because the name of a file is not UTF-8: \`${unreadable}\``);
    return options;
  }
  return {
    ...options,
    reuse: {
      before,
      inputs: await digestAssetInputs(context, installed.keyedDigest, packages),
      filesRead: allFiles,
    },
  };
}

async function allFiles(paths: Iterable<string>): Promise<ReadonlySet<string>> {
  return new Set(paths);
}

async function findAndRunTasks(
  context: BuildContext,
  app: RakeApp,
  layer: AssetsOptions,
): Promise<void> {
  const { section } = layer;
  const watched = await watchFilesRead(app.project, layer);
  await withRake(context, app, async (rake) => {
    // Before anything is restored: afterwards the manifest could be that of the last build.
    const manifest = await findAssetManifest(app.project.dir);
    if (rake.standIns.length > 0) {
      const names = rake.standIns.map((name) => `\`${name}\``).join(" and ");
      section.say(`Setting ${names} for these commands`);
    }
    await withTaskList(rake, section, async (listed) => {
      if (!listed.tasks.has("assets:precompile")) {
        section.say("Not precompiled, because the app has no task `assets:precompile`");
      } else if (manifest !== undefined) {
        section.say(`Not precompiled, because the app contains \`public/assets/${manifest}\``);
      } else await precompile(rake, listed, watched);
    });
  });
}

async function servedDirectories({ dir, locked }: Project): Promise<string[]> {
  const { served } = assetDirectories(locked);
  const present = await Promise.all(served.map((path) => isDirectory(join(dir, path))));
  return served.filter((_, index) => present[index]);
}

// Lines that rake itself prints for each task are the same in every build.
function print(line: string, section: Section): void {
  if (/^\*\* (Invoke|Execute) /.test(line)) section.debug(line);
  else section.output(line);
}

// Without `assets:clean`, nothing is kept: old assets would accumulate from build to build.
async function precompile(rake: Rake, listed: ListedTasks, layer: AssetsOptions): Promise<void> {
  const { section } = layer;
  if (!listed.tasks.has("assets:clean")) {
    await runTasks(rake, listed, ["assets:precompile"], section);
    await removeFragments(layer.appDir, layer.directories);
    section.say("Nothing kept for the next build, because the app has no task `assets:clean`");
    return;
  }
  await keepAssets(layer, () =>
    runTasks(rake, listed, ["assets:precompile", "assets:clean"], section),
  );
}

// Rake stops after a task that fails.
async function runTasks(
  rake: Rake,
  listed: ListedTasks,
  tasks: readonly string[],
  section: Section,
): Promise<void> {
  const command = `bundle exec rake ${tasks.join(" ")}`;
  const result = await section.timed(`Running \`${command}\``, () =>
    listed.run(tasks, (line) => print(line, section)),
  );
  if (result.exitCode === 0) return;
  const facts = await rakeFailure(rake, command, result);
  throw new BuildpackError({ code: "rake/precompile-failed", ...facts });
}
