import { join } from "node:path";
import type { BuildContext } from "../build-context.ts";
import { BuildpackError } from "../../failure.ts";
import { type AssetsOptions, keepAssets, removeFragments, reuseAssets } from "./assets-layer.ts";
import type { Section } from "../../output/printer.ts";
import { assetDirectories } from "../../ruby/asset-directories.ts";
import { isDirectory } from "../../system/files.ts";
import { snapshotTree } from "../../system/tree-changes.ts";
import { detectRakeTasks, reasonForNoTasks } from "./detect-rake-tasks.ts";
import { findAssetManifest } from "./find-asset-manifest.ts";
import { digestAssetInputs } from "./digest-asset-inputs.ts";
import type { Installed } from "../install-ruby-and-gems.ts";
import { machineKeys } from "../machine-keys.ts";
import { type Rake, withRake } from "./rake.ts";
import type { Project } from "../project/read-project.ts";

/**
 * Precompiles the app's assets where it has a task for that, and has not brought them precompiled
 * (contract: Rake execution).
 *
 * @returns the directories that browsers are served from, relative to the app: they change less
 * often than code, and are a slice of their own.
 * @throws BuildpackError `rake/detection-failed` or `rake/precompile-failed`, after the app's own output.
 */
export async function precompileAssets(
  context: BuildContext,
  project: Project,
  installed: Installed,
): Promise<string[]> {
  await context.printer.section("Assets", async (section) => {
    const because = reasonToSkip(context) ?? (await reasonForNoTasks(project));
    if (because !== undefined) section.say(`Not precompiled, because ${because}`);
    else {
      const layer = await layerOptions(context, project, installed, section);
      if (!(await reuseAssets(layer))) await findAndRunTasks(context, project, installed, layer);
    }
  });
  return await servedDirectories(project);
}

function reasonToSkip({ settings }: BuildContext): string | undefined {
  if (settings.BP_RAILS_SKIP_ASSETS) return "`BP_RAILS_SKIP_ASSETS` asks for it";
  // Tests make their own, of the assets as they are then.
  return settings.BP_EXEC_ENV === "test" ? "`BP_EXEC_ENV` is `test`" : undefined;
}

// Before any rake task is run: what it changes is what the next build may take over.
async function layerOptions(
  context: BuildContext,
  { dir: appDir, locked }: Project,
  { rubyVersion }: Installed,
  section: Section,
): Promise<AssetsOptions> {
  const { layersDir } = context.input;
  const metadata = { ...machineKeys(context), rubyVersion };
  const options = { layersDir, appDir, metadata, directories: assetDirectories(locked), section };
  if (!context.settings.BP_RAILS_ASSETS_REUSE) return options;
  const before = snapshotTree(appDir);
  return { ...options, reuse: { before, inputs: await digestAssetInputs(context, before) } };
}

async function findAndRunTasks(
  context: BuildContext,
  project: Project,
  installed: Installed,
  layer: AssetsOptions,
): Promise<void> {
  const { section } = layer;
  await withRake(context, project, installed, async (rake) => {
    // Before anything is restored: afterwards nobody could tell whose it is.
    const manifest = await findAssetManifest(project.dir);
    if (rake.standIns.length > 0) {
      const names = rake.standIns.map((name) => `\`${name}\``).join(" and ");
      section.say(`Made up for these commands alone, as none is set: ${names}`);
    }
    const tasks = await detectRakeTasks(rake, section);
    if (!tasks.has("assets:precompile")) {
      section.say("Not precompiled, because the app has no task `assets:precompile`");
    } else if (manifest !== undefined) {
      section.say(`Not precompiled, because the app brings \`public/assets/${manifest}\``);
    } else await precompile(rake, tasks, layer);
  });
}

async function servedDirectories({ dir, locked }: Project): Promise<string[]> {
  const { served } = assetDirectories(locked);
  const present = await Promise.all(served.map((path) => isDirectory(join(dir, path))));
  return served.filter((_, index) => present[index]);
}

// Only what an app can clean is kept: without `assets:clean`, old assets would pile up for ever.
async function precompile(
  rake: Rake,
  tasks: ReadonlySet<string>,
  layer: AssetsOptions,
): Promise<void> {
  const { section } = layer;
  if (!tasks.has("assets:clean")) {
    await runTasks(rake, ["assets:precompile"], section);
    await removeFragments(layer.appDir, layer.directories);
    section.say("Nothing kept for the next build, because the app has no task `assets:clean`");
    return;
  }
  await keepAssets(layer, () => runTasks(rake, ["assets:precompile", "assets:clean"], section));
}

// Both in one process, which boots the app once; Rake goes on to the second only after the first.
async function runTasks(rake: Rake, tasks: readonly string[], section: Section): Promise<void> {
  const command = `bundle exec rake ${tasks.join(" ")}`;
  const { exitCode, lines } = await section.timed(`Running \`${command}\``, () =>
    rake.run([...tasks, "--trace"], (line) => section.output(line)),
  );
  if (exitCode === 0) return;
  throw new BuildpackError({ code: "rake/precompile-failed", command, exitCode, output: lines });
}
