import { listRakeTasks, precompileAssets } from "./assets/assets.ts";
import { precompileApp, precompileGems } from "./bootsnap/bootsnap.ts";
import type { BuildContext } from "./build-context.ts";
import { setEnvironment } from "./environment/environment.ts";
import { leaveOutGems, reportLibraries, writeOutGemspecs } from "./gems/gems.ts";
import { install } from "./install.ts";
import {
  chooseVersions,
  findJava,
  loadBuildInventory,
  removeClassArchives,
} from "./interpreter/interpreter.ts";
import { checkJavaScript, settleNodeModules } from "./javascript/javascript.ts";
import { chooseJemalloc } from "./jemalloc/jemalloc.ts";
import { writeProcesses } from "./processes/processes.ts";
import {
  checkProject,
  makeAppDirectories,
  openAppDirectories,
  readProject,
  removeGit,
  requireChecksums,
} from "./project/project.ts";
import {
  recordGems,
  reportConflicts,
  reportEnd,
  reportProject,
  reportStart,
  writeBillsOfMaterials,
} from "./report/report.ts";
import { sideBySide } from "./side-by-side.ts";

/**
 * Turns an app into layers from which it runs (contract: Build).
 *
 * @throws BuildpackError with the reason. Layers that are not complete then have no metadata, so the
 * next build does not mistake them for complete ones.
 */
export async function build(context: BuildContext): Promise<void> {
  const started = reportStart(context);
  const whole = await readProject(context.input.appDir, context.input.platform.env);
  await reportProject(context, whole);
  const versions = await chooseVersions(context, whole);
  await reportConflicts(context, whole, versions);
  const java = await findJava(context, versions.ruby);
  await checkProject(whole, context.input.target, java);
  requireChecksums(whole, context.settings);
  const packages = await checkJavaScript(context, whole);
  const inventory = await loadBuildInventory(context);
  const jemalloc = chooseJemalloc(context, whole, versions.ruby, inventory);
  const installed = await install(context, whole, { inventory, versions, jemalloc });
  const project = await leaveOutGems(whole, installed);
  await makeAppDirectories(project);
  const needs = reportLibraries(context, project, installed);
  const rakeApp = { project, installed, packages: packages.variables, needs };
  const [served, precompiled] = await sideBySide(context, (shared) => [
    precompileAssets(shared, rakeApp),
    precompileGems(shared, project, installed),
    // After the search for libraries: each of these keeps this process busy, and rake must start first.
    needs.then(async () => {
      await writeBillsOfMaterials(shared, project, installed, jemalloc);
      await recordGems(shared, installed);
    }),
  ]);
  await settleNodeModules(context, packages);
  await writeOutGemspecs(context, project, installed);
  await removeGit(context);
  await precompileApp(context, project, installed, precompiled);
  await setEnvironment(context, project, installed);
  await writeProcesses(context, project, served, (section) =>
    listRakeTasks(context, rakeApp, section),
  );
  await removeClassArchives(installed.ruby);
  await openAppDirectories(project);
  reportEnd(context, started);
}
