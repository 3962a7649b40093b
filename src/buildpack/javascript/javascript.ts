import { dirname, join, relative } from "node:path";
import type { BuildContext } from "../build-context.ts";
import { BuildpackError } from "../../failure.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { type AssetBundler, assetBundlers, gemsOnExecJs } from "../../ruby/javascript-gems.ts";
import { type PackageManager, packageManagerOf } from "../../ruby/package-manager.ts";
import { isDirectory, isFile, readTextIfAny } from "../../system/files.ts";
import { listNames } from "../../system/listing/list-directory.ts";
import { findProgram } from "../../system/search-path.ts";
import { mayPrecompile } from "../assets/assets.ts";
import { expectLeftOutGems } from "../gems/gems.ts";
import { chosenNodeProvider, type Project } from "../project/project.ts";
import { type Packages, packageVariables } from "./packages.ts";

export { settleNodeModules } from "./settle-node-modules.ts";

/**
 * Checks, before anything is downloaded, that Node and the package manager are present if they are needed.
 * Warns about problems that the app may have with or without a Node buildpack.
 *
 * @throws BuildpackError `node/missing` or `node/package-manager-missing`, if a gem cannot precompile
 * assets without them.
 */
export async function checkJavaScript(context: BuildContext, project: Project): Promise<Packages> {
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
  const variables = packageVariables(manager, await isInstalled(dir, input));
  return { dir, manager, variables };
}

interface Found {
  project: Project;
  manager: PackageManager | undefined;
  programs: Programs;
  bundlers: readonly AssetBundler[];
}

/** The paths of programs on the build's PATH. */
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
    listNames(appDir),
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
  if (!(await mayPrecompile(context, project))) return [];
  const { env, settings } = context;
  const { gems: leftOut } = expectLeftOutGems(project, env, settings.BP_EXEC_ENV);
  return assetBundlers(project.locked, env).filter(({ gem }) => !leftOut.has(gem));
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

// Only this gem with this lockfile is certain to run the program. For others, a warning is enough.
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
    "The app has a package.json or a yarn.lock, but no buildpack provides Node.",
    "If the app needs Node, add a Node buildpack before this one: heroku/nodejs, or paketo-buildpacks/node-engine and a buildpack that installs packages.",
  ];
}

function missingPackageManager({ manager, programs, bundlers }: Found): string[] {
  if (bundlers.length === 0 || !manager || programs.manager !== undefined) return [];
  const gems = bundlers.map(({ gem }) => gem).join(", ");
  return [
    `The app has a ${manager.chosenBy}, but \`${manager.name}\` is not on the build's PATH. Precompiling assets will fail if ${gems} runs it.`,
  ];
}

function missingRuntime({ env }: BuildContext, { project, programs }: Found): string[] {
  const gems = gemsOnExecJs(project.locked);
  const hasRuntime = (programs.node ?? programs.bun ?? env["EXECJS_RUNTIME"]) !== undefined;
  if (gems.length === 0 || hasRuntime) return [];
  return [
    `The lockfile has ${gems.join(", ")}, which run JavaScript with ExecJS, but there is no JavaScript runtime: no \`node\` on the build's PATH, and no gem such as mini_racer.`,
    "An app that loads these gems will fail to start. Add heroku/nodejs or paketo-buildpacks/node-engine before this buildpack, or move the gems to the groups development and test.",
  ];
}

/** Heroku's Node buildpacks contain an exec.d program that sets the number of Puma's workers. */
function silentWorkers({ input }: BuildContext, { project, programs }: Found): string[] {
  if (programs.node === undefined || findGem(project.locked, "puma") === undefined) return [];
  const [buildpack = ""] = relative(dirname(input.layersDir), programs.node).split("/");
  if (!/^heroku_nodejs(-engine)?$/.test(buildpack)) return [];
  return [
    `${buildpack.replace("_", "/")} sets WEB_CONCURRENCY when the app starts, to the container's memory limit divided by 512 MiB. Puma then runs that many workers, each with the whole app.`,
    "To choose the number yourself, set WEB_CONCURRENCY where the app runs. 0 means no workers.",
  ];
}

async function isInstalled(dir: string, { plan }: BuildContext["input"]): Promise<boolean> {
  const provider = chosenNodeProvider(plan);
  if (provider !== "heroku/nodejs" && provider !== "node-and-modules") return false;
  return await isDirectory(join(dir, "node_modules"));
}
