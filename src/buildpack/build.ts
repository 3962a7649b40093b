import { join } from "node:path";
import { writeLaunch } from "../cnb/launch.ts";
import { formatDuration } from "../output/printer.ts";
import { findGem } from "../ruby/lockfile/gemfile-lock.ts";
import type { BuildContext } from "./build-context.ts";
import { provideSecretKeyBase } from "./environment/secret-key-base-layer.ts";
import { setVariables } from "./environment/variables-layer.ts";
import { checkJavaScript } from "./javascript/check-javascript.ts";
import { checkProject } from "./project/check-project.ts";
import { chooseJemalloc } from "./jemalloc/choose-jemalloc.ts";
import { chooseProcesses } from "./processes/choose-processes.ts";
import { chooseVersions } from "./interpreter/choose-versions.ts";
import { findJava } from "./interpreter/find-java.ts";
import { keepPackages } from "./javascript/keep-packages.ts";
import { leaveOutGems } from "./gems/leave-out-gems.ts";
import { installRubyAndGems } from "./install-ruby-and-gems.ts";
import { loadBuildInventory } from "./interpreter/load-inventory.ts";
import { openAppDirectories } from "./project/open-app-directories.ts";
import { precompileAssets } from "./assets/precompile-assets.ts";
import { precompileCode } from "./bootsnap/precompile-code.ts";
import { readProject } from "./project/read-project.ts";
import { removeClassArchives } from "./interpreter/remove-class-archives.ts";
import { reportLibraries } from "./gems/report-libraries.ts";
import { reportProject } from "./report/report-project.ts";
import { writeBillsOfMaterials } from "./report/write-bills-of-materials.ts";
import { settleNodeModules } from "./javascript/settle-node-modules.ts";

/**
 * Turns an app into layers from which it runs (contract: Build).
 *
 * @throws BuildpackError with the fact that stopped it; every layer that is not complete is then
 * without metadata, so that no later build takes it for complete.
 */
export async function build(context: BuildContext): Promise<void> {
  const { input, printer, clock } = context;
  const { appDir, layersDir, descriptor, platform } = input;
  const started = clock.now();
  printer.header(
    `${descriptor.buildpack.name ?? descriptor.buildpack.id} ${descriptor.buildpack.version}`,
  );

  const whole = await readProject(appDir, platform.env);
  await reportProject(context, whole);
  const versions = await chooseVersions(context, whole);
  const java = await findJava(context, versions.ruby);
  await checkProject(whole, input.target, java);
  const javaScript = await checkJavaScript(context, whole);
  const inventory = await loadBuildInventory(context);
  const jemalloc = chooseJemalloc(context, whole, versions.ruby.ruby, inventory);
  const wanted = { inventory, versions, jemalloc };
  const installed = await installRubyAndGems(context, whole, wanted);
  const project = await leaveOutGems(whole, installed);
  const { places, bundleGroups } = installed;
  const execEnv = context.settings.BP_EXEC_ENV;
  await reportLibraries(context, project, installed);
  const served = await precompileAssets(keepPackages(context, javaScript), project, installed);
  await settleNodeModules(context, javaScript);
  await precompileCode(context, project, installed);

  await printer.section("Environment", async (section) => {
    const jruby = java !== undefined;
    await setVariables({ layersDir, places, bundleGroups, execEnv, jruby, section });
    const { credentials } = project;
    await provideSecretKeyBase({ layersDir, userEnv: platform.env, credentials, section });
  });
  await printer.section("Processes", async (section) => {
    const processes = chooseProcesses(project, execEnv, section);
    const paths = served.map((path) => join(project.path, path));
    const slices = paths.length > 0 ? [{ paths }] : [];
    await writeLaunch(layersDir, { labels: [], processes, slices });
  });
  await writeBillsOfMaterials(context, { installed, jemalloc, locked: project.locked });
  if (java) await removeClassArchives(places.ruby);
  await openAppDirectories(project.dir, findGem(project.locked, "railties") !== undefined);
  printer.plain("", `Done (finished in ${formatDuration(clock.now() - started)})`);
}
