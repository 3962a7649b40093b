import { readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { BuildContext } from "../build-context.ts";
import { BuildpackError } from "../../failure.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { type AssetBundler, assetBundlers, gemsOnExecJs } from "../../ruby/javascript-gems.ts";
import { type PackageManager, packageManagerOf } from "../../ruby/package-manager.ts";
import { isDirectory, isFile, readTextIfAny } from "../../system/files.ts";
import { findProgram } from "../../system/search-path.ts";
import { reasonForNoTasks } from "../assets/detect-rake-tasks.ts";
import { findAssetManifest } from "../assets/find-asset-manifest.ts";
import { chosenNodeProvider } from "../project/plan-build.ts";
import type { Project } from "../project/read-project.ts";

/** What an app's packages of JavaScript are installed by, and whether they are there already. */
export interface JavaScript {
  /** Where they are: the project's directory, or the app's where only that has a package.json. */
  dir: string;
  manager: PackageManager | undefined;
  /** Whether a Node buildpack has installed them. */
  installed: boolean;
}

/**
 * Finds what would fail for want of Node, before anything is downloaded, and warns of what a Node
 * buildpack or the lack of one does to the app.
 *
 * @throws BuildpackError `node/missing` or `node/package-manager-missing`, where assets are going to
 * be precompiled by a gem that cannot do so.
 */
export async function checkJavaScript(
  context: BuildContext,
  project: Project,
): Promise<JavaScript> {
  const { env, input, printer } = context;
  const dir = await findPackages(project, input.appDir);
  const manager = await findPackageManager(dir);
  const programs = await findPrograms(env["PATH"], manager);
  const bundlers = await bundlersToRun(context, project);
  const found = { project, manager, programs, bundlers };
  await requireNode(found);
  await requirePackageManager(found);
  const warnings = [
    ...missingNode(context, found),
    ...missingPackageManager(found),
    ...missingRuntime(context, found),
    ...silentWorkers(context, found),
  ];
  if (warnings.length > 0) {
    await printer.section("JavaScript", async (section) => section.warn(...warnings));
  }
  return { dir, manager, installed: await isInstalled(dir, input) };
}

interface Found {
  project: Project;
  manager: PackageManager | undefined;
  programs: Programs;
  bundlers: readonly AssetBundler[];
}

/** Where programs are found on the build's PATH. */
interface Programs {
  node: string | undefined;
  bun: string | undefined;
  manager: string | undefined;
}

async function findPackages({ dir }: Project, appDir: string): Promise<string> {
  return (await isFile(join(dir, "package.json"))) ? dir : appDir;
}

async function findPackageManager(appDir: string): Promise<PackageManager | undefined> {
  const [files, yarnLock] = await Promise.all([
    readdir(appDir),
    readTextIfAny(join(appDir, "yarn.lock")),
  ]);
  return packageManagerOf(files, yarnLock);
}

async function findPrograms(
  path: string | undefined,
  manager: PackageManager | undefined,
): Promise<Programs> {
  const [node, bun, installer] = await Promise.all(
    ["node", "bun", manager?.name ?? "npm"].map((name) => findProgram(name, path)),
  );
  return { node, bun, manager: installer };
}

async function bundlersToRun(context: BuildContext, project: Project): Promise<AssetBundler[]> {
  if (context.settings.BP_RAILS_SKIP_ASSETS) return [];
  if ((await reasonForNoTasks(project)) !== undefined) return [];
  if ((await findAssetManifest(project.dir)) !== undefined) return [];
  return assetBundlers(project.locked, context.env);
}

async function requireNode({ project, manager, programs, bundlers }: Found): Promise<void> {
  if (bundlers.length === 0 || programs.node !== undefined || programs.bun !== undefined) return;
  throw new BuildpackError({
    code: "node/missing",
    gems: bundlers.map(({ gem }) => gem),
    packageJson: await isFile(join(project.dir, "package.json")),
    manager: manager?.name ?? "npm",
    skippedBy: bundlers.map(({ skippedBy }) => skippedBy),
  });
}

// Only this gem with this lockfile is certain to call the program; of others, a warning is enough.
async function requirePackageManager({ project, manager, ...found }: Found): Promise<void> {
  const bundler = found.bundlers.find(({ gem }) => gem === "jsbundling-rails");
  if (bundler === undefined || manager?.chosenBy !== "yarn.lock" || found.programs.manager) return;
  if (await isFile(join(project.dir, "bin/yarn"))) return;
  const { chosenBy, name } = manager;
  throw new BuildpackError({
    code: "node/package-manager-missing",
    manager: name,
    chosenBy,
    ...bundler,
  });
}

function missingNode({ input }: BuildContext, { programs }: Found): string[] {
  if (chosenNodeProvider(input.plan) !== "none" || programs.node !== undefined) return [];
  return [
    "The app has a package.json or a yarn.lock, but no buildpack of this build provides Node.",
    "Where the app needs Node, put a Node buildpack before this one: heroku/nodejs, or paketo-buildpacks/node-engine with the one that installs packages.",
  ];
}

function missingPackageManager({ manager, programs, bundlers }: Found): string[] {
  if (bundlers.length === 0 || !manager || programs.manager !== undefined) return [];
  const gems = bundlers.map(({ gem }) => gem).join(", ");
  return [
    `The app has a ${manager.chosenBy}, but \`${manager.name}\` is not on the build's PATH: where ${gems} runs it, precompiling assets fails.`,
  ];
}

function missingRuntime({ env }: BuildContext, { project, programs }: Found): string[] {
  const gems = gemsOnExecJs(project.locked);
  const hasRuntime = (programs.node ?? programs.bun ?? env["EXECJS_RUNTIME"]) !== undefined;
  if (gems.length === 0 || hasRuntime) return [];
  return [
    `The lockfile has ${gems.join(", ")}, which run JavaScript through ExecJS, and there is nothing to run it: no \`node\` on the build's PATH, and no gem such as mini_racer.`,
    "An app that loads them fails when it starts. Put heroku/nodejs or paketo-buildpacks/node-engine before this buildpack, or the gems into the groups development and test.",
  ];
}

/** Node buildpacks of Heroku bring an exec.d program that decides how many workers Puma has. */
function silentWorkers({ input }: BuildContext, { project, programs }: Found): string[] {
  if (programs.node === undefined || findGem(project.locked, "puma") === undefined) return [];
  const [buildpack = ""] = relative(dirname(input.layersDir), programs.node).split("/");
  if (!/^heroku_nodejs(-engine)?$/.test(buildpack)) return [];
  return [
    `${buildpack.replace("_", "/")} sets WEB_CONCURRENCY when the app starts, to its memory limit divided by 512 MiB: Puma then runs that many workers, each with the whole app.`,
    "Set WEB_CONCURRENCY where the app runs to decide that yourself; 0 is Puma without workers.",
  ];
}

async function isInstalled(dir: string, { plan }: BuildContext["input"]): Promise<boolean> {
  const provider = chosenNodeProvider(plan);
  if (provider !== "heroku/nodejs" && provider !== "node-and-modules") return false;
  return await isDirectory(join(dir, "node_modules"));
}
