import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { BuildContext } from "./build-context.ts";
import { BuildpackError } from "../../failure.ts";
import { keepAssets, removeFragments } from "../layers/assets.ts";
import type { Section } from "../../output/printer.ts";
import { assetDirectories, isAssetManifest } from "../../ruby/asset-directories.ts";
import { isDirectory } from "../../system/files.ts";
import { detectRakeTasks, reasonForNoTasks } from "./detect-rake-tasks.ts";
import type { Installed } from "./install-ruby-and-gems.ts";
import { machineKeys } from "./machine-keys.ts";
import { type Rake, withRake } from "./rake.ts";
import type { Project } from "./read-project.ts";

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
    const because = context.settings.BP_RAILS_SKIP_ASSETS
      ? "`BP_RAILS_SKIP_ASSETS` asks for it"
      : await reasonForNoTasks(project);
    if (because === undefined) await findAndRunTasks(context, project, installed, section);
    else section.say(`Not precompiled, because ${because}`);
  });
  return await servedDirectories(project);
}

async function findAndRunTasks(
  context: BuildContext,
  project: Project,
  installed: Installed,
  section: Section,
): Promise<void> {
  await withRake(context, project, installed, async (rake) => {
    // Before anything is restored: afterwards nobody could tell whose it is.
    const manifest = await findManifest(project.dir);
    if (rake.standIns.length > 0) {
      const names = rake.standIns.map((name) => `\`${name}\``).join(" and ");
      section.say(`Made up for these commands alone, as none is set: ${names}`);
    }
    const tasks = await detectRakeTasks(rake, section);
    if (!tasks.has("assets:precompile")) {
      section.say("Not precompiled, because the app has no task `assets:precompile`");
    } else if (manifest !== undefined) {
      section.say(`Not precompiled, because the app brings \`public/assets/${manifest}\``);
    } else await precompile(context, project, installed, { rake, tasks, section });
  });
}

async function servedDirectories({ dir, locked }: Project): Promise<string[]> {
  const { served } = assetDirectories(locked);
  const present = await Promise.all(served.map((path) => isDirectory(join(dir, path))));
  return served.filter((_, index) => present[index]);
}

async function findManifest(appDir: string): Promise<string | undefined> {
  const names = await readdir(join(appDir, "public/assets")).catch(() => []);
  return names.sort().find(isAssetManifest);
}

interface Tasks {
  rake: Rake;
  tasks: ReadonlySet<string>;
  section: Section;
}

// Only what an app can clean is kept: without `assets:clean`, old assets would pile up for ever.
async function precompile(
  context: BuildContext,
  project: Project,
  installed: Installed,
  { rake, tasks, section }: Tasks,
): Promise<void> {
  const { layersDir } = context.input;
  const appDir = project.dir;
  const directories = assetDirectories(project.locked);
  if (!tasks.has("assets:clean")) {
    await runTasks(rake, ["assets:precompile"], section);
    await removeFragments(appDir, directories);
    section.say("Nothing kept for the next build, because the app has no task `assets:clean`");
    return;
  }
  const metadata = { ...machineKeys(context), rubyVersion: installed.rubyVersion };
  await keepAssets({ layersDir, appDir, metadata, directories, section }, () =>
    runTasks(rake, ["assets:precompile", "assets:clean"], section),
  );
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
